using System.Diagnostics;

namespace RabbitBridge.ContractTests;

public abstract class TimeoutsContract(IFabricWorld world) : FabricContract(world)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_timeout_comes_not_before_its_time_and_soon_after_it(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        await handler.Messages.AddRequestHandlerAsync("silent", (IRequestHandler<string, string>)new HoldingHandler());
        // The first call pays for what is compiled on its way.
        await TimeAsync(sender, 1);

        // The wheel makes each call at most 40 ms late. A machine that stands still for a while does so for a plain timer too.
        var late = (await Task.WhenAll(Enumerable.Range(1, 30).Select(i => TimeAsync(sender, 20 * i)))).Order().ToArray();

        Assert.True(late[late.Length / 2] <= 100, $"Calls ended later than plain timers by {string.Join(", ", late.Select(each => $"{each:0}"))} ms.");
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
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_timeout_cancels_the_responders_token(bool local, bool bySession)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        var limit = new RequestOptions { Timeout = TimeSpan.FromMilliseconds(100) };

        var call = bySession ? sender.AskAsync(handler.Id, "a", options: limit) : sender.AskAsync("a", options: limit);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the responder's token is cancelled");
    }

    /// <summary>By how many milliseconds a call that nobody answers ends later than a plain timer.</summary>
    private static async Task<double> TimeAsync(ISession sender, int milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        var clock = Stopwatch.StartNew();
        var timer = Task.Run(async () =>
        {
            await Task.Delay(timeout);
            return clock.Elapsed;
        });
        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("silent", options: new RequestOptions { Timeout = timeout }));
        var end = clock.Elapsed;
        Assert.True(end >= timeout, $"A call ended {timeout - end} before its time.");
        return (end - await timer).TotalMilliseconds;
    }
}
