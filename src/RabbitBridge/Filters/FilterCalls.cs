using System.Collections.Concurrent;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Messages;
using RabbitBridge.Routing;

namespace RabbitBridge.Filters;

/// <summary>The filter requests of this gateway's sessions that are under way, and where they go.</summary>
internal sealed class FilterCalls(
    ulong instance, PendingCalls calls, FilterDispatches dispatches, IFabric fabric, Roster roster, TimeoutWheel wheel, Clock clock, Telemetry telemetry)
{
    // Long for a gateway to evaluate a filter, and short for whoever waits for a request that an inbox has refused.
    private const int AskAgainMilliseconds = 500;

    private readonly ConcurrentDictionary<long, FilterCall> _calls = new();

    // Calls that came while no epoch ran.
    private readonly ConcurrentQueue<(FilterCall Call, SessionFilter Filter)> _waiting = new();

    public int Count => _calls.Count;

    public long NextId() => calls.NextId();

    /// <summary>Sends a request on its way: to this gateway's own sessions, and to every gateway that may have others.</summary>
    public void Start(FilterCall call, SessionFilter filter)
    {
        _calls[call.Id] = call;
        if (call.Deadline != 0)
            wheel.Add(call, call.Deadline);
        call.Expect(instance, link: null, clock.Now);
        dispatches.Start(call, call.Request);
        Route(call, filter);
    }

    public FilterCall? Find(long id) => _calls.GetValueOrDefault(id);

    /// <summary>Sends what waited for the fabric.</summary>
    public void RouteWaiting()
    {
        for (var count = _waiting.Count; count > 0 && _waiting.TryDequeue(out var waiting); count--)
            Route(waiting.Call, waiting.Filter);
    }

    /// <summary>Asks again what was not answered. Called at intervals.</summary>
    public void Tick()
    {
        foreach (var call in _calls.Values)
            call.AskAgain(clock.Now, AskAgainMilliseconds);
    }

    public void Lost(GatewayLink link, string why)
    {
        foreach (var call in _calls.Values)
            call.Lost(link, why);
    }

    public void ConnectionLost(string message)
    {
        foreach (var call in _calls.Values)
            call.ConnectionLost(message);
    }

    public void FailWhere(Func<FilterCall, bool> condition, ErrorReason reason, string message)
    {
        foreach (var call in _calls.Values.Where(condition))
            call.Fail(reason, message, message);
    }

    public void Remove(FilterCall call)
    {
        _calls.TryRemove(call.Id, out _);
        wheel.Remove(call);
    }

    public GatewayLink? FindLink(ulong gateway) => roster.Find(gateway)?.Link;

    public void CreditHere(FilterCall call, int answers) => dispatches.Credit(call, call.Id, answers);

    public void CancelHere(FilterCall call) => dispatches.Cancel(call, call.Id);

    public void CountLateResponse() => telemetry.LateResponse();

    private void Route(FilterCall call, SessionFilter filter)
    {
        if (!fabric.IsUp)
        {
            _waiting.Enqueue((call, filter));
            // The epoch may have begun, and the queue been emptied, between the attempt and now.
            if (fabric.IsUp)
                RouteWaiting();
            return;
        }

        var peers = roster.Peers;
        var headers = new FilterCover(each => peers.Count(peer => each.Any(peer.Headers.Contains))).Headers(filter);
        var expected = peers.Where(peer => headers.Any(peer.Headers.Contains)).ToArray();
        foreach (var peer in expected)
            call.Expect(peer.Instance, peer.Link, clock.Now);
        if (expected.Length == 1 && headers.Count == 1 && headers.First() == FilterHeaders.Gateway(expected[0].Instance))
            expected[0].Link.TryRequest(call.Request);
        else if (expected.Length > 0)
            // Should the epoch end now, its links are lost, and the call's parts with them.
            fabric.TryPublishToSessions(call.Request, headers);
        call.Routed();
    }
}
