using System.Collections.ObjectModel;
using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Projects;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Gateways;

/// <summary>Takes what the fabric reports to the part of the gateway that it concerns.</summary>
internal sealed class GatewayReceiver(
    FabricIdentity identity,
    GatewayOptions options,
    Roster roster,
    Router router,
    PendingCalls calls,
    TimeoutWheel wheel,
    RequestRegister register,
    FilterCalls filterCalls,
    FilterDispatches dispatches,
    SessionEvents sessionEvents,
    SessionListeners listeners,
    ProjectReceiver projects,
    Telemetry telemetry,
    ILogger logger)
    : IFabricEvents
{
    private long _lastPlain;
    private volatile bool _isLeaving;

    public int GatewayCount => roster.Peers.Count + 1;

    /// <summary>The gateway is about to disconnect: that the connection ends is no loss.</summary>
    public void Leaving() => _isLeaving = true;

    /// <summary>Sends what waited for the fabric, or for a gateway.</summary>
    public void RouteWaiting()
    {
        router.RouteWaiting();
        filterCalls.RouteWaiting();
    }

    /// <summary>A gateway is lost, or a link to it.</summary>
    public void OnLost(GatewayLink link, string why)
    {
        calls.FailWhere(
            call => call.Carrier == link,
            ErrorReason.CommunicationFailure,
            $"The gateway that had the request is lost ({why}); whether it was executed is not known.");
        link.Incoming.End();
        LoseFilters(link, why);
    }

    public void OnUp(string address)
    {
        Log.FabricUp(logger, identity.Name, address);
        roster.OnUp(address);
        RouteWaiting();
    }

    public void OnDown(string reason)
    {
        var message = $"The connection to the broker was lost while the request was under way; whether it was executed is not known. {reason}";
        register.ConnectionLost();
        var failed = calls.FailWhere(static call => call.Carrier is GatewayLink or PublishedRequest, ErrorReason.CommunicationFailure, message);
        filterCalls.ConnectionLost(message);
        foreach (var link in roster.Peers.Select(static peer => peer.Link).Append(roster.OwnLink).OfType<GatewayLink>())
            LoseFilters(link, reason);
        roster.OnDown();
        // Nothing is lost that an orderly stop has not waited for.
        if (_isLeaving && failed == 0)
            Log.FabricLeft(logger, identity.Name);
        else
            Log.FabricDown(logger, identity.Name, reason, failed);
    }

    public void OnRequest(GatewayLink from, in RequestEnvelope request)
    {
        var deadline = identity.Clock.DeadlineIn(request.RemainingMilliseconds);
        if (request.Target == projects.Work.Session)
        {
            projects.Accept(new RequestArrival(request, from, from.Incoming, Wheel: null)).Start(preferLocal: false, deadline);
            return;
        }

        if (request.Filter is null)
        {
            router.Deliver(new RequestArrival(request, from, from.Incoming, Wheel: null), deadline);
            return;
        }

        telemetry.FilterRequestReceived();
        dispatches.Start(from, from.Incoming, request);
    }

    public void OnQueuedRequest(GatewayLink from, IReplySink replyTo, in RequestEnvelope request) => router.Deliver(
        new RequestArrival(request, replyTo, from.Incoming, wheel) { AllProperties = request.AskedBeside is null ? request.Properties : null }, identity.Clock.DeadlineIn(request.RemainingMilliseconds));

    public void OnPublicRequest(IReplySink replyTo, in RequestEnvelope request)
    {
        var remaining = Time(request.RemainingMilliseconds);
        // In the envelope too: the request may be passed on to another gateway.
        var numbered = request with { Id = Interlocked.Increment(ref _lastPlain), RemainingMilliseconds = remaining };
        // Plain callers are no sessions, and have no properties; a gateway that knew of no handler has sent none.
        var properties = request.Sender == default ? ReadOnlyDictionary<string, string>.Empty : null;
        router.Deliver(new RequestArrival(numbered, replyTo, register.Plain, wheel) { AllProperties = properties }, identity.Clock.DeadlineIn(remaining));
    }

    public void OnProjectMessage(IReplySink replyTo, GatewayMessage message, ReadOnlyMemory<byte> payload, int milliseconds)
    {
        var remaining = Time(milliseconds);
        var request = new RequestEnvelope
        {
            Id = Interlocked.Increment(ref _lastPlain),
            Path = GatewayMessage.Path,
            Target = projects.Work.Session,
            RemainingMilliseconds = remaining,
            ContentType = GatewayMessage.ContentType,
            Payload = message.Write(payload.Span),
        };
        projects.AcceptPlain(new RequestArrival(request, replyTo, register.Plain, wheel)).Start(preferLocal: false, identity.Clock.DeadlineIn(remaining));
    }

    public void OnPublicFilterRequest(IFilterSink replyTo, in RequestEnvelope request) => dispatches.Start(
        replyTo, register.Plain, request with { Id = Interlocked.Increment(ref _lastPlain), RemainingMilliseconds = Time(request.RemainingMilliseconds) });

    public void OnFilterAnswered(IFilterSink replyTo, long id) => dispatches.CreditOne(replyTo, id);

    public bool OnResponse(GatewayLink from, in ResponseEnvelope response)
    {
        if (response.Session is not null && filterCalls.Find(response.Id) is { } filter)
            return filter.Reply(from, response);
        // Whoever takes a request from a branch's queue answers as a gateway, too.
        return response.Session is not null || calls.Find(response.Id) is not { } call
            ? Late()
            : Complete(call, response, isFromCarrier: call.Carrier == from || call.Carrier is PublishedRequest);
    }

    public bool OnPublicResponse(in ResponseEnvelope response) => response.Session is not null || calls.Find(response.Id) is not { } call
        ? Late()
        : Complete(call, response, isFromCarrier: call.Carrier is PublishedRequest);

    public bool OnMessage(GatewayLink from, LinkMessage message)
    {
        switch (message)
        {
            case CancelMessage cancel:
                from.Incoming.Cancel(cancel.Id);
                break;
            case FilterCount count:
                return filterCalls.Find(count.Id)?.Count(from, count) ?? true;
            case CreditMessage { Asks: true } asked when filterCalls.Find(asked.Id) is { } call:
                call.TellCredit(from, asked.Answers);
                break;
            case CreditMessage { Asks: true } asked:
                // That it is over may have been lost.
                from.Cancel(asked.Id);
                break;
            case CreditMessage credit:
                dispatches.Credit(from, credit.Id, credit.Answers);
                break;
            case ListenMessage listen:
                sessionEvents.Listen(from, listen.IsOn);
                break;
            case SessionEvent what:
                listeners.OnOther(from, what);
                break;
            case PresenceMessage presence:
                roster.OnPresence(presence);
                break;
        }

        return true;
    }

    public void OnUndelivered(GatewayLink? to, in RequestEnvelope request, DeliveryFailure failure)
    {
        // A filter request is asked for again until every gateway has told its part, or is lost.
        if (request.Filter is not null || calls.Find(request.Id) is not { } call)
            return;
        if (failure == DeliveryFailure.ConnectionLost)
            call.Fail(ErrorReason.CommunicationFailure, "The connection to the broker was lost while the request was under way; whether it was executed is not known.");
        else if (failure == DeliveryFailure.Refused)
            call.Fail(ErrorReason.ClusterRouting, $"The queue for '{request.Path}' did not take the request: it is full, or its broker node is down.");
        else if (to is null)
            call.Fail(ErrorReason.UnhandledMessage, $"Nobody handles '{request.Path}'.");
        else
        {
            // Nobody has seen the request: it may go where its path leads now that this gateway is known to be gone.
            call.NotHandedOver();
            router.Route(call, request with { Depth = 0, RemainingMilliseconds = call.Remaining(identity.Clock.Now) });
        }
    }

    public void OnUnsendable(in RequestEnvelope request, string problem) =>
        calls.Find(request.Id)?.Fail(ErrorReason.InvalidData, $"The request to '{request.Path}' cannot be sent: {problem}");

    public void OnGone(GatewayLink link) => roster.OnGone(link);

    // A call that has ended has no carrier any more, and counts the answer itself.
    private static bool Complete(PendingCall call, in ResponseEnvelope response, bool isFromCarrier)
    {
        if (!isFromCarrier && !call.IsEnded)
            return false;
        call.Reply(response);
        return true;
    }

    private bool Late()
    {
        telemetry.LateResponse();
        return true;
    }

    // A plain caller may have given none.
    private int Time(int milliseconds) => milliseconds > 0 ? milliseconds : RequestTimeout.Milliseconds(options.RequestTimeout);

    private void LoseFilters(GatewayLink link, string why)
    {
        filterCalls.Lost(link, why);
        sessionEvents.Listen(link, isOn: false);
    }
}
