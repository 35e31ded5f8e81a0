using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>What must be right before a session's request is sent, whoever holds its values, and the sending. One for all sessions of a gateway.</summary>
internal sealed class RequestSender(GatewayOptions options, PendingCalls calls, FilterCalls filterCalls, Router router, Clock clock, Telemetry telemetry)
{
    public PendingCalls Calls => calls;

    public FilterCalls FilterCalls => filterCalls;

    public Telemetry Telemetry => telemetry;

    /// <summary>A request's time in milliseconds, which is the gateway's where the caller gives none; 0 for no limit.</summary>
    public int Time(TimeSpan? timeout) => RequestTimeout.Milliseconds(timeout ?? options.RequestTimeout);

    /// <summary>When a request that is sent now is over, in milliseconds of the gateway's clock; 0 for never.</summary>
    public long DeadlineIn(int milliseconds) => clock.DeadlineIn(milliseconds);

    /// <summary>Checks a request to whoever handles a path, or to a session.</summary>
    /// <exception cref="MessagingException">It may not be sent.</exception>
    public static MessagePath Check(Session session, SessionId? target, string path)
    {
        var to = MessagePath.ParseTarget(path);
        session.ThrowIfClosed();
        // Gateways speak to each other there, and believe what they are told.
        if (target is { Session: 0 })
            throw new NoSuchSessionException($"Session {target} is not open.");
        session.Demand(target is null ? Permission.SendToMessageHandler : Permission.SendToSession, to);
        return to;
    }

    /// <summary>Checks a request to sessions that a filter selects.</summary>
    /// <exception cref="MessagingException">It may not be sent.</exception>
    public static MessagePath CheckFilter(Session session, string path)
    {
        var to = MessagePath.ParseTarget(path);
        session.ThrowIfClosed();
        session.Demand(Permission.SendToSession, to);
        session.Demand(Permission.ViewSession, MessagePath.Root);
        return to;
    }

    /// <exception cref="MessagingException">The session may not register handlers.</exception>
    public static void CheckRegistration(Session session, bool wantsProperties)
    {
        session.ThrowIfClosed();
        session.Demand(Permission.RegisterHandler, MessagePath.Root);
        if (wantsProperties)
            session.Demand(Permission.ViewSession, MessagePath.Root);
    }

    /// <summary>How many more unanswered requests the gateway may have.</summary>
    public int FreeRequests => options.MaxOutstandingRequests - (calls.Count + filterCalls.Count);

    /// <exception cref="OverloadedException">The gateway has too many requests already.</exception>
    public void CheckRoom()
    {
        var free = FreeRequests;
        if (free <= 0)
            throw new OverloadedException($"The gateway holds {options.MaxOutstandingRequests - free} unanswered requests, as many as it may.");
    }

    /// <exception cref="InvalidMessageDataException">A value of this type, or of this size, cannot be sent.</exception>
    public void CheckValue(string contentType, int bytes)
    {
        MediaType.Check(contentType);
        CheckSize(bytes);
    }

    /// <exception cref="InvalidMessageDataException">A value of this size is too large.</exception>
    public void CheckSize(int bytes)
    {
        if (bytes > options.MaxMessageBytes)
        {
            throw new InvalidMessageDataException(
                $"A request of {bytes} bytes is larger than the {options.MaxMessageBytes} bytes that may be sent (MaxMessageBytes).");
        }
    }

    /// <summary>Sends a request that was checked.</summary>
    /// <exception cref="OverloadedException">There are too many already.</exception>
    public void Send(Session session, PendingCall call, in RequestEnvelope request)
    {
        if (!calls.TryAdd(call))
            throw new OverloadedException($"The gateway holds {calls.Count} unanswered requests, as many as it may.");
        router.Route(call, request with { Id = call.Id, Sender = session.Id });
        // A session that closes now may have looked at its calls before this one was among them.
        if (session.IsClosed)
            call.Fail(ErrorReason.SessionClosed, $"Session {session.Id} was closed.");
    }
}
