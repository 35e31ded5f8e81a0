namespace RabbitBridge;

/// <summary>
/// Why an operation failed. Names and numbers up to 9003 are those of the Diffusion Messages feature, so that logs and
/// clients of both systems read alike; numbers from 20000 are RabbitBridge's own.
/// </summary>
public enum ErrorReason
{
    /// <summary>The link to the peer or to the broker was lost. Whether the request was executed is not known.</summary>
    CommunicationFailure = 100,

    /// <summary>The session that sent the request, or that should have answered it, is closed.</summary>
    SessionClosed = 101,

    /// <summary>No response arrived within the request's time.</summary>
    RequestTimeOut = 102,

    /// <summary>The session lacks a permission that the operation needs.</summary>
    AccessDenied = 103,

    /// <summary>The recipient does not offer the operation.</summary>
    Unsupported = 104,

    /// <summary>The handler or stream threw. The recipient's log holds the details; they never reach the sender.</summary>
    CallbackException = 105,

    /// <summary>The data could not be read, or is larger than is allowed.</summary>
    InvalidData = 106,

    /// <summary>No session with that identifier is open anywhere in the fabric.</summary>
    NoSuchSession = 107,

    /// <summary>The value's data type cannot be read as the type that the recipient wants.</summary>
    IncompatibleDatatype = 108,

    /// <summary>Nobody handles the message path.</summary>
    UnhandledMessage = 109,

    /// <summary>The cluster was being repartitioned. Transient: the request was not executed and may be sent again.</summary>
    ClusterRepartition = 110,

    /// <summary>The operation does not fit the state that its target is in.</summary>
    IncompatibleState = 111,

    /// <summary>The request could not be routed just now. Transient: it was not executed and may be sent again.</summary>
    ClusterRouting = 112,

    /// <summary>Another registration holds the branch of the topic tree.</summary>
    TopicTreeRegistrationConflict = 200,

    /// <summary>The session already has a handler on the path.</summary>
    HandlerConflict = 201,

    /// <summary>The path breaks the rules of <see cref="MessagePath"/>.</summary>
    InvalidPath = 202,

    /// <summary>The recipient answered with <see cref="IResponder{TResponse}.Reject"/>.</summary>
    RejectedRequest = 9003,

    /// <summary>A gateway, or the handler (<see cref="RequestHandlerOptions.MaxConcurrency"/>), has as much in hand as it may. A request was not executed; an answer for which there is no room was.</summary>
    Overloaded = 20001,

    /// <summary>The session filter could not be parsed.</summary>
    InvalidFilter = 20005,
}
