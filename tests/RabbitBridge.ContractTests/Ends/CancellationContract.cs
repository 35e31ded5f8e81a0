namespace RabbitBridge.ContractTests;

public abstract class CancellationContract(IFabricWorld world) : FabricContract(world)
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Cancelling_ends_the_call_and_tells_the_responder(bool local, bool bySession)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        using var cancellation = new CancellationTokenSource();

        var call = bySession
            ? sender.AskAsync(handler.Id, "a", cancellationToken: cancellation.Token)
            : sender.AskAsync("a", cancellationToken: cancellation.Token);
        var responder = (await held.ReceiveAsync()).Responder;
        Assert.False(responder.CancellationToken.IsCancellationRequested);
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        await Eventually.TrueAsync(() => responder.CancellationToken.IsCancellationRequested, "the responder's token is cancelled");
        // Nobody waits for it, which is no fault of the handler.
        responder.Respond("too late");
    }

    [Fact]
    public async Task A_token_cancelled_before_the_call_sends_nothing()
    {
        var (handler, sender) = await StartPairAsync(local: true);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var cancelled = new CancellationToken(canceled: true);

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.AskAsync("a", cancellationToken: cancelled));

        Assert.Equal(cancelled, error.CancellationToken);
        var next = sender.AskAsync("a", "next");
        Assert.Equal("next", (await held.ReceiveAsync()).Text);
        held.AnswerAll("");
        await next;
    }

    [Fact]
    public async Task Cancelling_after_the_answer_does_nothing()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        using var cancellation = new CancellationTokenSource();
        var call = sender.AskAsync("a", cancellationToken: cancellation.Token);
        var responder = (await held.ReceiveAsync()).Responder;
        responder.Respond("answer");
        Assert.Equal("answer", await call);

        await cancellation.CancelAsync();

        Assert.Equal("answer", await call);
        Assert.False(responder.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task A_token_shared_by_many_calls_ends_them_all()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 100).Select(_ => sender.AskAsync("a", cancellationToken: cancellation.Token)).ToArray();
        await held.ReceiveAsync(100);

        await cancellation.CancelAsync();

        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(
            () => held.Requests.All(request => request.Responder.CancellationToken.IsCancellationRequested), "every responder is told");
    }

    [Fact]
    public async Task A_callback_that_throws_on_the_responders_token_harms_nobody()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        using var cancellation = new CancellationTokenSource();
        var call = sender.AskAsync("a", cancellationToken: cancellation.Token);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;
        token.Register(() => throw new FormatException("from a handler's callback"));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the token is cancelled");
        var next = sender.AskAsync("a");
        (await held.ReceiveAsync(2)).Responder.Respond("goes on");
        Assert.Equal("goes on", await next);
    }
}
