namespace RabbitBridge;

/// <summary>Why a session was closed. Names and numbers are those of Diffusion.</summary>
public enum SessionCloseReason
{
    /// <summary>The connection was lost, to the client or to the gateway that hosted the session.</summary>
    ConnectionLost = 0,

    /// <summary>The connection failed while it was read or written.</summary>
    IoException = 1,

    /// <summary>The client did not answer in time.</summary>
    ClientUnresponsive = 2,

    /// <summary>More messages waited for the client than may.</summary>
    MessageQueueLimitReached = 3,

    /// <summary>The client closed the session.</summary>
    ClosedByClient = 4,

    /// <summary>The client sent a message that is too large.</summary>
    MessageTooLarge = 5,

    /// <summary>The gateway failed.</summary>
    InternalError = 6,

    /// <summary>The client sent what could not be read.</summary>
    InvalidInboundMessage = 7,

    /// <summary>The connection was given up before the session was complete.</summary>
    Aborted = 8,

    /// <summary>Messages of the client were lost.</summary>
    LostMessages = 9,

    /// <summary>Another session closed it, or its gateway was stopped.</summary>
    ClosedByController = 11,

    /// <summary>The session went on at another gateway.</summary>
    FailedOver = 12,

    /// <summary>The time of the session's credentials was over.</summary>
    Expired = 13,

    /// <summary>The session's credentials were withdrawn.</summary>
    Revoked = 14,

    /// <summary>Another session took its place.</summary>
    SessionTakenOver = 15,
}
