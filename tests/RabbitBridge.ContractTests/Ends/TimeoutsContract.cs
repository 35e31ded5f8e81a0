using System.Diagnostics;

namespace RabbitBridge.ContractTests;

public abstract class TimeoutsContract(IFabricWorld world) : FabricContract(world)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_timeout_comes_not_before_its_time(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync("silent", (IRequestHandler<string, string>)new HoldingHandler());

        // How soon after it is held by TimeTests, with a clock that does not depend on the machine.
        await Task.WhenAll(Enumerable.Range(1, 30).Select(i => TimeOutAsync(sender, TimeSpan.FromMilliseconds(20 * i))));
    }

    [Fact]
    public async Task The_gateways_timeout_holds_where_the_call_has_none()
    {
        var (handler, sender) = await StartPairAsync(local: false, options => options.RequestTimeout = TimeSpan.FromMilliseconds(60));
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("silent", (IRequestHandler<string, string>)held);

        var unlimited = sender.AskAsync("silent", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await held.ReceiveAsync();
        var error = await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("silent"));

        Assert.Equal(ErrorReason.RequestTimeOut, error.Reason);
        // Many times the gateway's timeout later the call without one still waits.
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("silent"));
        Assert.False(unlimited.IsCompleted);
        (await held.ReceiveAsync()).Responder.Respond("at last");
        Assert.Equal("at last", await unlimited);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(-10_000)]
    [InlineData(0.5)]
    [InlineData(25 * 24 * 3600 * 1000.0)]
    public async Task Timeouts_that_mean_nothing_are_refused(double milliseconds)
    {
        var session = (await StartGatewayAsync("a")).OpenSession();
        await session.AnswerAsync("a", "never");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => session.AskAsync("a", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(milliseconds) }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_timeout_cancels_the_responders_token(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        var limit = new RequestOptions { Timeout = TimeSpan.FromSeconds(2) };

        Task<string>[] calls = [sender.AskAsync("a", options: limit), sender.AskAsync(handler.Id, "a", options: limit)];
        await held.ReceiveAsync(calls.Length);
        var tokens = held.Requests.Select(static request => request.Responder.CancellationToken).ToArray();

        foreach (var call in calls)
            await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
        await Eventually.TrueAsync(() => tokens.All(static token => token.IsCancellationRequested), "the responders' tokens are cancelled");
    }

    private static async Task TimeOutAsync(ISession sender, TimeSpan timeout)
    {
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RequestTimeOutException>(
            () => sender.AskAsync("silent", options: new RequestOptions { Timeout = timeout }).WaitAsync(Eventually.Limit));
        var elapsed = clock.Elapsed;
        Assert.True(elapsed >= timeout, $"A call ended {timeout - elapsed} before its time.");
    }
}
