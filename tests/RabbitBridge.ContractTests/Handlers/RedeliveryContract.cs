namespace RabbitBridge.ContractTests;

/// <summary>Requests from other gateways that go through the queue of their branch end as they do over a link.</summary>
public abstract class RedeliveryContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly RequestHandlerOptions Redelivery = new() { Redelivery = true };
    private static readonly RequestOptions NoLimit = new() { Timeout = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task The_handlers_gateway_puts_no_limit_to_a_request_that_has_none_D10()
    {
        var a = await StartGatewayAsync("a", options => options.RequestTimeout = TimeSpan.FromMilliseconds(60));
        var b = await StartGatewayAsync("b", options => options.RequestTimeout = TimeSpan.FromMilliseconds(60));
        var held = await HoldAsync(a, "a");
        var sender = b.OpenSession();

        var unlimited = sender.AskAsync("a", options: NoLimit);
        var request = await held.ReceiveAsync();
        var token = request.Responder.CancellationToken;
        // They begin later and have the gateway's time: when each of them has ended, that time is over for the first one too.
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("a"));

        Assert.False(token.IsCancellationRequested);
        Assert.False(unlimited.IsCompleted);
        request.Responder.Respond("at last");
        Assert.Equal("at last", await unlimited);
    }

    [Fact]
    public async Task Who_gives_a_request_without_limit_up_has_its_handler_told_D10()
    {
        var (a, b) = await StartTwoAsync();
        var held = await HoldAsync(a, "a");
        using var cancellation = new CancellationTokenSource();
        var call = b.OpenSession().AskAsync("a", options: NoLimit, cancellationToken: cancellation.Token);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the handler's token is cancelled");
    }

    [Fact]
    public async Task The_end_of_the_senders_session_tells_the_handler_of_a_request_without_limit_D10()
    {
        var (a, b) = await StartTwoAsync();
        var held = await HoldAsync(a, "a");
        var sender = b.OpenSession();
        var call = sender.AskAsync("a", options: NoLimit);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await sender.CloseAsync();

        await Assert.ThrowsAsync<SessionClosedException>(() => call);
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the handler's token is cancelled");
    }

    [Fact]
    public async Task The_end_of_the_handlers_session_ends_a_request_without_limit_D10()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        var handler = a.OpenSession();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held, Redelivery);
        var call = b.OpenSession().AskAsync("a", options: NoLimit);
        await held.ReceiveAsync();

        await handler.CloseAsync();

        await Assert.ThrowsAsync<SessionClosedException>(() => call);
    }

    [Fact]
    public async Task Where_the_broker_may_give_a_request_back_to_its_senders_gateway_both_ends_are_told_too_D10()
    {
        // Handlers on both sides, of which the broker chooses for what is not handled here at once.
        var (a, b) = await StartTwoAsync(options => options.Routing = RoutingPreference.Balanced);
        var handler = a.OpenSession();
        var here = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)here, Redelivery);
        var there = await HoldAsync(b, "a");
        var sender = a.OpenSession();
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 20).Select(_ => sender.AskAsync("a", options: NoLimit, cancellationToken: cancellation.Token)).ToArray();
        await Eventually.TrueAsync(() => here.Requests.Count + there.Requests.Count == 20, "all requests are being handled");

        await handler.CloseAsync();

        // What the closed session had is handled by the other one.
        await there.ReceiveAsync(20);
        Assert.All(here.Requests, request => Assert.True(request.Responder.CancellationToken.IsCancellationRequested));
        var tokens = there.Requests.Select(request => request.Responder.CancellationToken).ToArray();
        await cancellation.CancelAsync();
        await Eventually.TrueAsync(() => calls.All(call => call.IsCompleted), "all calls have ended");
        await Eventually.TrueAsync(() => tokens.All(token => token.IsCancellationRequested), "the handlers' tokens are cancelled");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_a_closed_session_had_is_handled_by_another_one_D12(bool local, bool isOtherHere)
    {
        var (a, b) = await StartTwoAsync();
        var (held, handler) = (new HoldingHandler(), a.OpenSession());
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held, Redelivery with { SessionProperties = ["Floor"] });
        var sender = (local ? a : b).OpenSession(new SessionOptions { Properties = new Dictionary<string, string> { ["Floor"] = "3", ["Room"] = "17" } });
        var calls = Enumerable.Range(0, 20).Select(number => sender.AskAsync("a", $"{number}", NoLimit)).ToArray();
        await held.ReceiveAsync(20);
        Assert.All(held.Requests, request => Assert.Equal("3", Assert.Single(request.Context!.SessionProperties).Value));
        var other = await (isOtherHere ? a : await StartGatewayAsync("c")).OpenSession().Messages.AddRequestHandlerAsync<string, string>(
            "a", (text, context, _) => new($"{text} {string.Join(',', context.SessionProperties.Values)}"), Redelivery with { SessionProperties = ["Room"] });

        await handler.CloseAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number} 17"), await Task.WhenAll(calls));
        Assert.All(held.Requests, request => Assert.True(request.Responder.CancellationToken.IsCancellationRequested));
        await other.CloseAsync();
    }

    private static async Task<HoldingHandler> HoldAsync(IGateway gateway, string path)
    {
        var held = new HoldingHandler();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync(path, (IRequestHandler<string, string>)held, Redelivery);
        return held;
    }
}
