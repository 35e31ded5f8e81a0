namespace RabbitBridge.ContractTests;

public abstract class RequestsByPathContract(IFabricWorld world) : FabricContract(world)
{
    [Fact]
    public async Task A_request_is_answered_by_a_handler_in_the_other_gateway()
    {
        var (a, b) = await StartTwoAsync();
        var handler = a.OpenSession(new SessionOptions { Principal = "handler" });
        var sender = b.OpenSession();
        await handler.Messages.AddRequestHandlerAsync<string, string>("a/b", (text, context, _) => new($"{context.Path}:{text}"));

        Assert.Equal("a/b/c:hello", await sender.AskAsync("a/b/c", "hello"));
    }

    [Fact]
    public async Task A_request_that_nobody_handles_fails_at_once()
    {
        var (_, b) = await StartTwoAsync();
        var sender = b.OpenSession();

        // Without a timeout of its own: only the fabric's knowledge can end this call.
        var call = sender.AskAsync("nobody/here", "hello", new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });

        await Assert.ThrowsAsync<UnhandledMessageException>(() => call.WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task The_most_specific_handler_answers_wherever_it_is()
    {
        var (a, b) = await StartTwoAsync();
        foreach (var (gateway, path) in new[] { (a, "/"), (b, "a"), (a, "a/b"), (b, "a/b/c") })
            await gateway.OpenSession().AnswerAsync(path, path);

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession() })
        {
            Assert.Equal("/", await sender.AskAsync("other"));
            Assert.Equal("a", await sender.AskAsync("a/x"));
            Assert.Equal("a/b", await sender.AskAsync("a/b"));
            Assert.Equal("a/b/c", await sender.AskAsync("a/b/c/d/e"));
            // A segment is a whole: what merely begins like a branch is not in it.
            Assert.Equal("a", await sender.AskAsync("a/bc"));
            Assert.Equal("/", await sender.AskAsync("ab"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_handler_learns_the_sender_and_the_canonical_path(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync<string, string>(
            "/orders/", (_, context, _) => new($"{context.SessionId} {context.Path} {context.SessionProperties.Count}"));

        Assert.Equal($"{sender.Id} orders/new 0", await sender.AskAsync("/orders/new/"));
    }

    [Fact]
    public async Task Handlers_may_send_requests_while_they_answer_one()
    {
        var (a, b, c) = await StartThreeAsync();
        var (first, second, third) = (a.OpenSession(), b.OpenSession(), c.OpenSession());
        await first.Messages.AddRequestHandlerAsync<string, string>(
            "first", async (text, _, token) => $"first({await first.AskAsync("second", text, cancellationToken: token)})");
        await second.Messages.AddRequestHandlerAsync<string, string>(
            "second", async (text, _, token) => $"second({await second.AskAsync("third", text, cancellationToken: token)})");
        await third.AnswerAsync("third", "third");

        foreach (var sender in new[] { a.OpenSession(), c.OpenSession(), first })
            Assert.Equal("first(second(third))", await sender.AskAsync("first"));
    }

    [Fact]
    public async Task Each_of_many_requests_at_a_time_gets_its_own_answer()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("echo", async (text, _, _) =>
        {
            await Task.Yield();
            return text;
        });
        var sender = b.OpenSession();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => sender.AskAsync("echo", $"{number}")));

        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"{number}"), answers);
    }

    [Fact]
    public async Task A_gateway_that_joins_later_knows_the_handlers_that_were_there_before()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync("before", "yes");

        var late = await StartGatewayAsync("late");

        Assert.Equal("yes", await late.OpenSession().AskAsync("before"));
        Assert.Contains(late.Routes, route => route.Path == "before" && route.Gateways.Contains("a"));
    }
}
