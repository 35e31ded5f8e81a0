using Microsoft.Extensions.Time.Testing;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Gateways;

/// <summary>How soon a gateway that says nothing any more is missed by who waits for it, by a clock that the test moves.</summary>
public sealed class PresenceLimitTests : IAsyncLifetime
{
    private static readonly RequestOptions NoLimit = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly FakeTimeProvider _time = new();
    private readonly GatewayOptions _options = new() { Name = "here" };
    private readonly InMemoryBroker _broker = new();
    private readonly TaskCompletionSource _goesOn = new();
    private readonly HoldingHandler _held = new();
    private IGateway _here = null!;
    private IGateway _silent = null!;

    public async Task InitializeAsync()
    {
        _options.TimeProvider = _time;
        _here = InMemoryGateway.Create(_options, _broker);
        await _here.StartAsync();
        // By its own clock no time passes: it sends no heartbeats, as a process that does not run.
        _silent = InMemoryGateway.Create(new GatewayOptions { Name = "silent", TimeProvider = new FakeTimeProvider() }, _broker);
        await _silent.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _goesOn.SetResult();
        Assert.Equal(0, _here.PendingRequests);
        await _silent.DisposeAsync();
        await _here.DisposeAsync();
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 1)]
    [InlineData(true, false, 0)]
    [InlineData(true, false, 1)]
    [InlineData(true, false, RosterTimes.TickMilliseconds / 2)]
    [InlineData(true, true, RosterTimes.TickMilliseconds - 1)]
    public async Task Requests_at_a_gateway_that_is_dead_or_frozen_end_within_the_presence_limit(bool isFrozen, bool bySession, int sinceTick)
    {
        // The limit holds wherever between two looks at the others the silence begins.
        Pass(RosterTimes.TickMilliseconds + sinceTick);
        var session = _silent.OpenSession();
        await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)_held);
        session.Messages.SetRequestStream("a", (IRequestStream<string, string>)_held);
        var sender = _here.OpenSession();
        var call = bySession ? sender.AskAsync(session.Id, "a", options: NoLimit) : sender.AskAsync("a", options: NoLimit);
        await _held.ReceiveAsync();

        var fabric = (InMemoryFabric)((GatewayEngine)_silent).Fabric;
        if (isFrozen)
            fabric.Post(_ => _goesOn.Task.Wait());
        else
            fabric.Disconnect();
        // Longer than that a gateway that is merely busy may be silent.
        Pass((int)_options.PresenceLimit.TotalMilliseconds * 2 / 5);
        Assert.Equal(1, _here.PendingRequests);
        Pass((int)_options.PresenceLimit.TotalMilliseconds * 3 / 5);

        Assert.Equal(0, _here.PendingRequests);
        await Assert.ThrowsAsync<CommunicationFailureException>(() => call);
    }

    [Fact]
    public async Task A_filter_request_at_a_gateway_that_is_frozen_ends_within_the_presence_limit_D22()
    {
        Pass(RosterTimes.TickMilliseconds);
        _silent.OpenSession().Messages.SetRequestStream("a", (IRequestStream<string, string>)_held);
        await Eventually.TrueAsync(() => ((GatewayEngine)_here).FindPeer("silent") is { Headers.Count: > 0 }, "the session can be found");
        var callback = new CollectingCallback();
        var count = _here.OpenSession().Messages.SendRequestToFilterAsync("$ServerName is 'silent'", "a", "", callback, NoLimit);
        await _held.ReceiveAsync();
        Assert.Equal(1, await count);

        ((InMemoryFabric)((GatewayEngine)_silent).Fabric).Post(_ => _goesOn.Task.Wait());
        Pass((int)_options.PresenceLimit.TotalMilliseconds);

        Assert.Equal(0, _here.PendingRequests);
    }

    private void Pass(int milliseconds)
    {
        for (var i = 0; i < milliseconds; i++)
            _time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
