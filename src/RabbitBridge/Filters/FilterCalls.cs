using System.Collections.Concurrent;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>The filter requests of this gateway's sessions that are under way, and where they go.</summary>
internal sealed class FilterCalls(
    ulong instance, PendingCalls calls, FilterDispatches dispatches, RequestRegister register, IFabric fabric, Roster roster, TimeoutWheel wheel, Clock clock, Telemetry telemetry)
{
    // Long for a gateway to evaluate a filter, and short for whoever waits for a request that an inbox has refused.
    private const int AskAgainMilliseconds = 500;

    private readonly ConcurrentDictionary<long, FilterCall> _calls = new();

    // The dictionary's own count takes all its locks.
    private int _count;

    // Calls for which there is no epoch, or some of whose gateways are away and may be back.
    private readonly WaitingRequests<(FilterCall Call, SessionFilter Filter)> _waiting = new(static each => each.Call.IsEnded);

    public int Count => Volatile.Read(ref _count);

    /// <summary>The bytes of what waits for the fabric, or for gateways.</summary>
    public long WaitingBytes => _waiting.Bytes;

    /// <summary>Sends a request on its way: to this gateway's own sessions, and to every gateway that may have others.</summary>
    /// <param name="session">The sender.</param>
    /// <param name="filter">Selects the recipients.</param>
    /// <param name="request">The request, without what is said by the other parameters.</param>
    /// <param name="timeout">Its time in milliseconds; 0 for no limit.</param>
    /// <param name="responseType">How answers are read.</param>
    /// <param name="operation">The request as it is measured, if anybody watches.</param>
    public FilterCall<TResponse> Start<TResponse>(
        Session session, SessionFilter filter, in RequestEnvelope request, int timeout, DataType<TResponse> responseType, MessagingOperation? operation) => Start(
            session,
            filter,
            request,
            timeout,
            (id, deadline, whole) => new FilterCall<TResponse>(this, session, deadline, responseType) { Id = id, Request = whole, Operation = operation });

    /// <summary>Sends a request whose call is made from its number, its deadline and the whole request.</summary>
    public TCall Start<TCall>(
        Session session, SessionFilter filter, in RequestEnvelope request, int timeout, Func<long, long, RequestEnvelope, TCall> create)
        where TCall : FilterCall
    {
        var id = calls.NextId();
        var call = create(id, clock.DeadlineIn(timeout), request.Persist() with
        {
            Id = id,
            Filter = filter.ToString(),
            Sender = session.Id,
            RemainingMilliseconds = timeout,
        });
        Start(call, filter);
        // A session that closes now may have looked at its calls before this one was among them.
        if (session.IsClosed)
            FailWhere(each => each == call, ErrorReason.SessionClosed, $"Session {session.Id} was closed.");
        return call;
    }

    private void Start(FilterCall call, SessionFilter filter)
    {
        _calls[call.Id] = call;
        Interlocked.Increment(ref _count);
        call.Session.Work.CallStarted();
        if (call.Deadline != 0)
        {
            wheel.Add(call, call.Deadline);
            // It could be found, and so be ended, before it was in the wheel.
            if (!_calls.ContainsKey(call.Id))
                wheel.Remove(call);
        }

        call.Expect(instance, link: null, clock.Now);
        dispatches.Start(call, register.Own, call.Request);
        // It can be found, and so have ended, before there was anything here to cancel.
        if (call.IsEnded)
            CancelHere(call);
        Route(call, filter);
    }

    public FilterCall? Find(long id) => _calls.GetValueOrDefault(id);

    /// <summary>Sends what waited for the fabric.</summary>
    public void RouteWaiting()
    {
        foreach (var (call, filter) in _waiting.TakeAll())
            Route(call, filter);
    }

    /// <summary>Asks again what was not answered. Called at intervals.</summary>
    public void Tick()
    {
        if (roster.IsWhole)
            RouteWaiting();
        else
            _waiting.Sweep();
        foreach (var (_, call) in _calls)
            call.AskAgain(clock.Now, AskAgainMilliseconds);
    }

    public void Lost(GatewayLink link, string why)
    {
        foreach (var (_, call) in _calls)
            call.Lost(link, why);
    }

    public void ConnectionLost(string message)
    {
        foreach (var (_, call) in _calls)
            call.ConnectionLost(message);
    }

    public void FailWhere(Func<FilterCall, bool> condition, ErrorReason reason, string message)
    {
        foreach (var (_, call) in _calls)
        {
            if (condition(call))
                call.Fail(reason, message, message);
        }
    }

    public void Remove(FilterCall call)
    {
        if (!_calls.TryRemove(call.Id, out _))
            return;
        Interlocked.Decrement(ref _count);
        call.Session.Work.CallEnded();
        wheel.Remove(call);
    }

    public GatewayLink? FindLink(ulong gateway) => roster.Find(gateway)?.Link;

    public void CreditHere(FilterCall call, int answers) => dispatches.Credit(call, call.Id, answers);

    public void CancelHere(FilterCall call) => register.Own.Cancel(call.Id);

    public void CountLateResponse() => telemetry.LateResponse();

    private void Route(FilterCall call, SessionFilter filter)
    {
        if (!roster.IsWhole)
        {
            Hold(call, filter);
            // The gateways may have come to be known, and what waited been sent, between the attempt and now.
            if (roster.IsWhole)
                RouteWaiting();
            return;
        }

        var peers = roster.Peers;
        var headers = new FilterCover(each => peers.Count(peer => each.Any(peer.Headers.Contains))).Headers(filter);
        var named = peers.Where(peer => headers.Contains(FilterHeaders.Gateway(peer.Instance))).ToArray();
        var namesAll = headers.All(FilterHeaders.IsGateway);
        var expected = namesAll ? named : [.. peers.Where(peer => headers.Any(peer.Headers.Contains))];
        if (Array.Exists(expected, static peer => peer.Link.IsGone))
        {
            Hold(call, filter);
            return;
        }

        // A peer that connects anew changes its link at any moment.
        var links = expected.Select(static peer => peer.Link).ToArray();
        foreach (var (peer, link) in expected.Zip(links))
            call.Expect(peer.Instance, link, clock.Now);
        var request = call.Request with { RemainingMilliseconds = call.Deadline == 0 ? 0 : (int)Math.Max(1, call.Deadline - clock.Now) };
        // Should the epoch end now, its links are lost, and the call's parts with them.
        HandOver[] outcomes = namesAll ? [.. links.Select(link => link.TryRequest(request))] : expected.Length > 0 ? [fabric.TryPublishToSessions(request, headers)] : [];
        if (outcomes.Select(static outcome => outcome.Overload()).FirstOrDefault(static why => why is not null) is { } why)
        {
            // Nobody has it who would have to be told.
            if (!outcomes.Contains(HandOver.Taken))
                call.ForgetOthers();
            call.Fail(ErrorReason.Overloaded, why, why);
            return;
        }

        // What was lost before it was expected is told by nobody else.
        foreach (var link in links.Where(static link => link.IsGone))
            call.Lost(link, "it was lost as the request was sent");
        call.Routed();
    }

    private void Hold(FilterCall call, SessionFilter filter)
    {
        if (!_waiting.TryAdd((call, filter), call.Request.Payload.Length))
            call.Fail(ErrorReason.Overloaded, WaitingRequests<FilterCall>.Full, WaitingRequests<FilterCall>.Full);
    }
}
