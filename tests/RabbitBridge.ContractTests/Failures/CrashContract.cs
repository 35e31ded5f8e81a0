namespace RabbitBridge.ContractTests;

/// <summary>The process of a gateway dies: everybody who waited for it is told, though none of them has set a limit. How soon is held by <c>PresenceLimitTests</c>.</summary>
public abstract class CrashContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly RequestOptions NoLimit = new() { Timeout = Timeout.InfiniteTimeSpan };

    protected override bool GatewaysDie => true;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_at_a_gateway_that_dies_end_with_CommunicationFailure(bool bySession)
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        var handler = a.OpenSession();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        var sender = b.OpenSession();
        var calls = Enumerable.Range(0, 10).Select(_ => bySession ? sender.AskAsync(handler.Id, "a", options: NoLimit) : sender.AskAsync("a", options: NoLimit)).ToArray();
        await held.ReceiveAsync(10);

        await World.CrashAsync(a);

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => call.WaitAsync(Eventually.Limit));
            Assert.Equal(ErrorReason.CommunicationFailure, error.Reason);
        }
    }

    [Fact]
    public async Task Later_requests_go_to_another_gateway_with_the_same_branch()
    {
        var (a, b, c) = await StartThreeAsync();
        await a.OpenSession().AnswerAsync("a/b", "a");
        await b.OpenSession().AnswerAsync("a/b", "b");
        var sender = c.OpenSession();
        await Eventually.TrueAsync(async () => await sender.AskAsync("a/b") == "a", "the first gateway answers");

        await World.CrashAsync(a);

        // Those that are sent before the death is noticed may fail, with the one error that says so; afterwards none does.
        await Eventually.TrueAsync(
            async () =>
            {
                var error = await Record.ExceptionAsync(() => sender.AskAsync("a/b/c"));
                Assert.True(error is null or CommunicationFailureException, $"{error}");
                return c.Gateways.All(gateway => gateway.Name != "a");
            },
            "the death is noticed");
        for (var i = 0; i < 50; i++)
            Assert.Equal("b", await sender.AskAsync("a/b/c"));
    }

    [Fact]
    public async Task Requests_fall_to_the_less_specific_handler_when_the_more_specific_one_has_died()
    {
        var (a, b, c) = await StartThreeAsync();
        await a.OpenSession().AnswerAsync("a/b", "leaf");
        await b.OpenSession().AnswerAsync("a", "branch");
        var sender = c.OpenSession();
        Assert.Equal("leaf", await sender.AskAsync("a/b"));

        await World.CrashAsync(a);
        await Eventually.TrueAsync(() => c.Gateways.All(gateway => gateway.Name != "a"), "the death is noticed");

        Assert.Equal("branch", await sender.AskAsync("a/b"));
        Assert.Equal(["a"], c.Routes.Select(route => route.Path));
    }

    [Fact]
    public async Task Nobody_waits_for_a_handler_that_died_with_its_gateway()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        await session.AnswerAsync("a", "a");
        session.AnswerOnStream("a", "a");
        var sender = b.OpenSession();
        Assert.Equal("a", await sender.AskAsync("a"));

        await World.CrashAsync(a);
        await Eventually.TrueAsync(() => b.Gateways.Count == 0, "the death is noticed");

        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("a", options: NoLimit).WaitAsync(Eventually.Limit));
        var error = await Assert.ThrowsAnyAsync<MessagingException>(() => sender.AskAsync(session.Id, "a", options: NoLimit).WaitAsync(Eventually.Limit));
        Assert.Contains(error.Reason, new[] { ErrorReason.NoSuchSession, ErrorReason.ClusterRouting });
    }

    [Fact]
    public async Task A_handler_is_told_when_the_gateway_of_its_requester_dies()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var call = b.OpenSession().AskAsync("a", options: NoLimit);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await World.CrashAsync(b);

        await Assert.ThrowsAnyAsync<MessagingException>(() => call.WaitAsync(Eventually.Limit));
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the responder's token is cancelled");
    }

    [Fact]
    public async Task A_gateway_comes_back_under_its_name()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "first life");
        var sender = b.OpenSession();
        Assert.Equal("first life", await sender.AskAsync("a"));

        await World.CrashAsync(a);
        var again = await StartGatewayAsync("a");
        await again.OpenSession().AnswerAsync("a", "second life");
        await Eventually.TrueAsync(() => b.Gateways.Count == 1 && b.Gateways[0].Instance == again.Instance, "only the second life is known");

        for (var i = 0; i < 20; i++)
            Assert.Equal("second life", await sender.AskAsync("a"));
    }
}
