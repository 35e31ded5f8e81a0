using RabbitBridge.Calls;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Decides where a request goes: to a session here, to another gateway, or to the broker for it to decide.</summary>
internal sealed class Router(
    ulong instance, IFabric fabric, RouteTable routes, Roster roster, ISessionStreams streams, PendingCalls calls, Clock clock,
    RoutingPreference preference)
{
    /// <summary>How often a request is passed on because its handler has just left, before nobody is said to handle it.</summary>
    private const int MaxHops = 3;

    // Calls for which there is no epoch, or whose gateway is away and may be back.
    private readonly WaitingRequests<(PendingCall Call, RequestEnvelope Request)> _waiting = new(static each => each.Call.IsEnded);

    private int _relays;

    /// <summary>The bytes of what waits for the fabric, or for a gateway.</summary>
    public long WaitingBytes => _waiting.Bytes;

    /// <summary>Whether there are requests that were passed on for another gateway, and whose outcome is not on its way.</summary>
    public bool HasRelays => Volatile.Read(ref _relays) > 0;

    /// <summary>Sends a request on its way; its call ends later, or has ended when this returns.</summary>
    public void Route(PendingCall call, in RequestEnvelope request)
    {
        if (request.Target is { } target)
        {
            RouteToSession(call, request, target);
            return;
        }

        var branch = routes.Find(request.Path, localOnly: preference == RoutingPreference.LocalFirst)
            ?? (preference == RoutingPreference.LocalFirst ? routes.Find(request.Path, localOnly: false) : null);
        if (branch is not null && ChooseLocal(branch))
            DispatchHere(call, request, branch);
        else if (!roster.IsWhole)
            Wait(call, request);
        else if (branch is null)
            // Nobody that is known; the broker knows who else there is.
            Publish(call, request, branch: null);
        else if (branch.IsQueued)
            Publish(call, request, branch);
        else if (PickRemote(branch, call) is { } route)
        {
            if (!FailIfLacking(call, request, route.Properties))
                SendTo(route.Peer.Link, call, Picked(request with { Depth = branch.Depth }, route.Properties, call));
        }
        else if (branch.Services.Length > 0)
            PublishTo(call, request, branch.Services[0].Service);
        else
            // All gateways that have it have lost their inboxes, and may be back.
            Hold(call, request);
    }

    /// <summary>Whether anybody is known to handle a path.</summary>
    public bool IsHandled(MessagePath path) => routes.Find(path, localOnly: false) is not null;

    /// <summary>Sends what waited for the fabric, or for a gateway.</summary>
    public void RouteWaiting()
    {
        foreach (var (call, request) in _waiting.TakeAll())
            Route(call, request with { RemainingMilliseconds = call.Remaining(clock.Now) });
    }

    /// <summary>Looks after what waits. Called at intervals.</summary>
    public void Tick()
    {
        if (roster.IsWhole)
            RouteWaiting();
        else
            _waiting.Sweep();
    }

    /// <summary>Takes a request that came from elsewhere to its recipient in this gateway.</summary>
    /// <param name="arrival">The request and the way back.</param>
    /// <param name="deadline">When to abandon it, if nobody else tells; 0 for never.</param>
    public void Deliver(in RequestArrival arrival, long deadline)
    {
        var request = arrival.Request;
        if (request.Target is { } target)
        {
            if (FindStream(request.Path, target, out var reason, out var message) is { } stream)
                stream.Accept(arrival).Start(preferLocal: arrival.Table is { IsQuiet: true }, deadline);
            else
                arrival.ReplyTo.Reply(ResponseEnvelope.Failed(request.Id, reason, message));
            return;
        }

        if (PickFor(arrival) is { } handler)
        {
            // The branch's announcement asked for what any of its handlers wants; this one gets its own wishes.
            var properties = request.Properties is null ? null : handler.Properties.From(request.Properties);
            handler.Receiver.Accept(arrival with { Request = request with { Properties = properties }, Brought = request.Properties })
                .Start(preferLocal: arrival.Table is not { IsQuiet: false }, deadline);
        }
        else
        {
            Relay(arrival);
        }
    }

    private IBranchHandler? PickFor(in RequestArrival arrival)
    {
        var request = arrival.Request;
        var branch = routes.Find(request.Path, localOnly: true);
        if (branch is null || branch.Depth < request.Depth || branch.PickLocal() is not { } handler)
            return null;
        if (arrival.AllProperties is not null || handler.Properties.IsServedBy(request.Properties, request.AskedBeside))
            return handler;
        if (Array.Find(branch.Local, each => each.Properties.IsServedBy(request.Properties, request.AskedBeside)) is { } other)
            return other;
        // The sender's gateway did not know of this branch, and sent what the handlers of another ask for; that one is still right for the request.
        return routes.Find(request.Path, localOnly: true, maxDepth: request.Depth) is { } known && known.Depth == request.Depth && known != branch
            ? Array.Find(known.Local, each => each.Properties.IsServedBy(request.Properties, request.AskedBeside))
            : null;
    }

    private bool ChooseLocal(Branch branch)
    {
        if (branch.Local.Length == 0)
            return false;
        if (preference != RoutingPreference.Balanced || branch.Remote.Length == 0)
            return true;
        // This gateway counts as one among those with a handler on the branch.
        var here = branch.Local.Sum(handler => handler.Receiver.Outstanding);
        return branch.PickRemote() is not { } remote || here < remote.Peer.Link.Outstanding
            || (here == remote.Peer.Link.Outstanding && Random.Shared.Next(branch.Remote.Length + 1) == 0);
    }

    private void RouteToSession(PendingCall call, in RequestEnvelope request, SessionId target)
    {
        if (target.Gateway == instance)
        {
            if (FindStream(request.Path, target, out var reason, out var message) is { } stream)
                Dispatch(call, request, stream);
            else
                call.Fail(reason, message);
        }
        else if (!roster.IsWhole)
        {
            Wait(call, request);
        }
        else
        {
            var peer = roster.Find(target.Gateway);
            if (peer is { Link.IsGone: false })
                SendTo(peer.Link, call, request);
            else if (peer is not null)
                Hold(call, request);
            else if (roster.WasLostLately(target.Gateway))
                call.Fail(ErrorReason.ClusterRouting, $"The gateway of session {target} cannot be reached at the moment.");
            else
                call.Fail(ErrorReason.NoSuchSession, $"No gateway of the fabric hosts session {target}.");
        }
    }

    private static RemoteRoute? PickRemote(Branch branch, PendingCall call)
    {
        var picked = branch.PickRemote();
        return picked is not null && call.Lacks(picked.Properties)
            ? Array.Find(branch.Remote, each => !each.Peer.Link.IsGone && !call.Lacks(each.Properties)) ?? picked
            : picked;
    }

    private static RequestEnvelope Picked(in RequestEnvelope request, PropertySelection wanted, PendingCall call) =>
        wanted.IsEmpty ? request with { Properties = null, AskedBeside = null } : request with { Properties = wanted.From(call.SenderProperties), AskedBeside = wanted.Beside(call.SenderProperties) };

    private static void DispatchHere(PendingCall call, in RequestEnvelope request, Branch branch)
    {
        var handler = branch.PickLocal()!;
        if (call.Lacks(handler.Properties))
            handler = Array.Find(branch.Local, each => !call.Lacks(each.Properties)) ?? handler;
        if (FailIfLacking(call, request, handler.Properties))
            return;
        Dispatch(call, request with { Properties = handler.Properties.From(call.SenderProperties) }, handler.Receiver);
    }

    private static void Dispatch(PendingCall call, in RequestEnvelope request, RequestReceiver receiver)
    {
        var incoming = receiver.Accept(new RequestArrival(request, call, Table: null, Wheel: null));
        // The caller's thread runs it next if nothing else waits. Else it takes its turn: two threads that ran nothing but
        // each other's local requests would never get to the sockets.
        if (call.TryCarry(incoming))
            incoming.Start(preferLocal: ThreadPool.PendingWorkItemCount == 0, deadline: 0);
    }

    private static bool FailIfLacking(PendingCall call, in RequestEnvelope request, PropertySelection wanted)
    {
        if (!call.Lacks(wanted))
            return false;
        call.Fail(ErrorReason.ClusterRouting, $"The handlers of '{request.Path}' were replaced while the request was on its way, and it does not bring the session properties that the new one asks for.");
        return true;
    }

    private RequestReceiver? FindStream(MessagePath path, SessionId target, out ErrorReason reason, out string message)
    {
        var stream = streams.FindStream(target, path, out var isOpen);
        (reason, message) = stream is not null ? default : isOpen
            ? (ErrorReason.UnhandledMessage, $"Session {target} has no registered streams for message sent to path '{path}'")
            : (ErrorReason.NoSuchSession, $"Session {target} is not open.");
        return stream;
    }

    private void SendTo(GatewayLink link, PendingCall call, in RequestEnvelope request)
    {
        if (!call.TryCarry(link))
            return;
        if (!IsTaken(link.TryRequest(request), call, request))
            return;
        if (call.IsEnded)
            // The call ended while it was handed over, and its cancel may have overtaken it.
            link.Cancel(request.Id);
    }

    private void Publish(PendingCall call, in RequestEnvelope request, Branch? branch)
    {
        // All of them: it may wait in the queue for a handler that is not known yet.
        var (properties, beside) = branch is null ? default : (call.SenderProperties, call.AskedBeside);
        if (branch is not null && call is RelayCall && Array.Find(branch.Remote, route => call.Lacks(route.Properties)) is { } lacking && FailIfLacking(call, request, lacking.Properties))
            return;
        if (call.TryCarry(branch is null ? PublishedRequest.ToAnybody : new PublishedRequest(branch, branch.Local.Length == 0 ? null : roster.OwnLink)))
            IsTaken(fabric.TryPublish(request with { Depth = branch?.Depth ?? 0, Properties = properties, AskedBeside = beside }, branch?.Path), call, request);
    }

    private void PublishTo(PendingCall call, in RequestEnvelope request, ServiceAnnouncement announced)
    {
        var service = announced.Route;
        if (announced.Status.State == ServiceState.Idle && !service.WaitsForConsumers)
        {
            call.Fail(ErrorReason.UnhandledMessage, $"Nobody consumes {service}, which has '{request.Path}'.");
            return;
        }

        var (contentType, remaining) = (request.ContentType, request.RemainingMilliseconds);
        if (service.ContentType is { } wanted)
        {
            if (!ServiceContent.Fits(contentType, request.Payload.Span, wanted))
            {
                call.Fail(ErrorReason.IncompatibleDatatype, $"The service on '{request.Path}' reads {wanted}; the request is {contentType}, and is no value of that type.");
                return;
            }

            contentType = wanted;
        }

        if (service.TimeLimit > 0 && (remaining == 0 || service.TimeLimit < remaining))
        {
            remaining = service.TimeLimit;
            calls.Limit(call, clock.Now + remaining);
        }

        if (call.TryCarry(PublishedRequest.ToAnybody))
            IsTaken(fabric.TryPublish(request with { ContentType = contentType, RemainingMilliseconds = remaining }, service), call, request);
    }

    private bool IsTaken(HandOver outcome, PendingCall call, in RequestEnvelope request)
    {
        if (outcome != HandOver.Taken)
            call.NotHandedOver();
        if (outcome == HandOver.Down)
            Wait(call, request);
        // Nobody has it who would have to be told.
        else if (outcome.Overload() is { } why && call.TryCarry(null))
            call.Fail(ErrorReason.Overloaded, why);
        return outcome == HandOver.Taken;
    }

    private void Wait(PendingCall call, in RequestEnvelope request)
    {
        Hold(call, request);
        // The gateways may have come to be known, and what waited been sent, between the attempt and now.
        if (roster.IsWhole)
            RouteWaiting();
    }

    private void Hold(PendingCall call, in RequestEnvelope request)
    {
        if (call.TryCarry(null) && !_waiting.TryAdd((call, request.Persist()), request.Payload.Length))
            call.Fail(ErrorReason.Overloaded, WaitingRequests<PendingCall>.Full);
    }

    private void Relay(in RequestArrival arrival)
    {
        var request = arrival.Request;
        if (request.Hops >= MaxHops)
        {
            arrival.ReplyTo.Reply(ResponseEnvelope.Failed(
                request.Id, ErrorReason.UnhandledMessage, $"Nobody handles '{request.Path}': its handlers left while it was on its way."));
            return;
        }

        var deadline = clock.DeadlineIn(request.RemainingMilliseconds);
        var call = new RelayCall(calls, arrival, () => Interlocked.Decrement(ref _relays)) { Deadline = deadline };
        Interlocked.Increment(ref _relays);
        if (calls.TryAdd(call))
        {
            arrival.Table?.Add(call);
            // Its time may have been over before it was there to be removed.
            if (call.IsEnded)
                arrival.Table?.Remove(call);
            Route(call, request with { Id = call.Id, Hops = request.Hops + 1, Depth = 0 });
        }
        else
        {
            Interlocked.Decrement(ref _relays);
            arrival.ReplyTo.Reply(ResponseEnvelope.Failed(request.Id, ErrorReason.Overloaded, "The gateway holds too many unanswered requests."));
        }
    }
}
