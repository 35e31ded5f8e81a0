namespace RabbitBridge.ContractTests;

public abstract class HandlersContract(IFabricWorld world) : FabricContract(world)
{
    [Fact]
    public async Task A_session_has_one_handler_for_a_path()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        var first = await session.AnswerAsync("a/b", "first");

        await Assert.ThrowsAsync<HandlerConflictException>(() => session.AnswerAsync("/a/b/", "second"));
        Assert.Equal("first", await b.OpenSession().AskAsync("a/b"));

        await first.CloseAsync();
        await session.AnswerAsync("/a/b/", "second");
        Assert.Equal("second", await b.OpenSession().AskAsync("a/b"));
    }

    [Fact]
    public async Task A_registration_tells_its_canonical_path()
    {
        var session = (await StartGatewayAsync("a")).OpenSession();

        Assert.Equal("a/b", (await session.AnswerAsync("/a/b/", "")).Path);
        Assert.Equal("/", (await session.AnswerAsync("/", "")).Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sessions_of_one_gateway_share_a_path_by_their_outstanding_requests(bool local)
    {
        var (a, b) = await StartTwoAsync();
        var handlers = new[] { new HoldingHandler(), new HoldingHandler() };
        foreach (var handler in handlers)
            await a.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)handler);
        var sender = (local ? a : b).OpenSession();

        await AssertSharedAsync(sender, handlers);
    }

    [Fact]
    public async Task Gateways_share_a_path_by_their_outstanding_requests()
    {
        var (a, b, c) = await StartThreeAsync();
        var handlers = new[] { new HoldingHandler(), new HoldingHandler() };
        await a.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)handlers[0]);
        await b.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)handlers[1]);

        await AssertSharedAsync(c.OpenSession(), handlers);
    }

    [Fact]
    public async Task A_handler_that_is_busy_gets_nothing_while_another_is_idle()
    {
        var (a, b) = await StartTwoAsync();
        var busy = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)busy);
        var sender = b.OpenSession();
        var held = sender.AskAsync("shared", "held");
        await busy.ReceiveAsync();
        await a.OpenSession().AnswerAsync("shared", "idle");

        for (var i = 0; i < 20; i++)
            Assert.Equal("idle", await sender.AskAsync("shared"));

        busy.AnswerAll("at last");
        Assert.Equal("at last", await held);
    }

    [Fact]
    public async Task Closing_the_last_handler_leaves_the_path_unhandled_everywhere_at_once()
    {
        var (a, b) = await StartTwoAsync();
        var registration = await a.OpenSession().AnswerAsync("a", "handled");
        var senders = new[] { a.OpenSession(), b.OpenSession() };
        foreach (var sender in senders)
            Assert.Equal("handled", await sender.AskAsync("a/b"));

        await registration.CloseAsync();

        foreach (var sender in senders)
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("a/b"));
        Assert.Empty(a.Routes);
        Assert.Empty(b.Routes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_is_told_once_that_it_is_closed(bool closeRegistrationFirst)
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        var handler = new HoldingHandler();
        var registration = await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler);
        Assert.Equal(0, handler.Closed);

        if (closeRegistrationFirst)
            await Task.WhenAll(registration.CloseAsync(), registration.CloseAsync());
        else
            await session.CloseAsync();
        Assert.Equal(1, handler.Closed);

        await registration.CloseAsync();
        await registration.DisposeAsync();
        await session.CloseAsync();
        Assert.Equal(1, handler.Closed);
        await Assert.ThrowsAsync<UnhandledMessageException>(() => b.OpenSession().AskAsync("a"));
    }

    [Fact]
    public async Task Requests_that_a_handler_has_taken_are_answered_after_its_registration_is_closed()
    {
        var (a, b) = await StartTwoAsync();
        var handler = new HoldingHandler();
        var registration = await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler);
        var call = b.OpenSession().AskAsync("a");
        await handler.ReceiveAsync();

        await registration.CloseAsync();
        handler.AnswerAll("still");

        Assert.Equal("still", await call);
    }

    [Fact]
    public async Task A_registration_given_up_leaves_nothing_behind()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Messages.AddRequestHandlerAsync<string, string>(
            "a", (_, _, _) => new("never"), cancellationToken: new CancellationToken(canceled: true)));

        await Assert.ThrowsAsync<UnhandledMessageException>(() => b.OpenSession().AskAsync("a"));
        await session.AnswerAsync("a", "second attempt");
        Assert.Equal("second attempt", await b.OpenSession().AskAsync("a"));
    }

    private static async Task AssertSharedAsync(ISession sender, HoldingHandler[] handlers)
    {
        const int Requests = 10;
        var calls = new List<Task<string>>();
        for (var number = 1; number <= Requests; number++)
        {
            calls.Add(sender.AskAsync("shared", $"{number}"));
            // One after the other: each choice sees the outcome of those before.
            await Eventually.TrueAsync(() => handlers.Sum(handler => handler.Requests.Count) == number, $"request {number} has arrived");
        }

        Assert.All(handlers, handler => Assert.Equal(Requests / handlers.Length, handler.Requests.Count));
        foreach (var handler in handlers)
            handler.AnswerAll("done");
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("done", answer));
    }
}
