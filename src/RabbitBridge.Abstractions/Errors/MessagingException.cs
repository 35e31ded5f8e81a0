namespace RabbitBridge;

/// <summary>The base of every error that a messaging operation reports; there is one sealed subclass for each reason.</summary>
public abstract class MessagingException : Exception
{
    private protected MessagingException(ErrorReason reason, string message, Exception? innerException)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why the operation failed.</summary>
    public ErrorReason Reason { get; }

    /// <summary>Makes the exception that belongs to a reason.</summary>
    /// <param name="reason">The reason. A number that this version does not know gives a <see cref="CommunicationFailureException"/> that names it.</param>
    /// <param name="message">What went wrong, for people.</param>
    /// <returns>An instance of the reason's own exception type.</returns>
    public static MessagingException For(ErrorReason reason, string message) => reason switch
    {
        ErrorReason.CommunicationFailure => new CommunicationFailureException(message),
        ErrorReason.SessionClosed => new SessionClosedException(message),
        ErrorReason.RequestTimeOut => new RequestTimeOutException(message),
        ErrorReason.AccessDenied => new AccessDeniedException(message),
        ErrorReason.Unsupported => new UnsupportedOperationException(message),
        ErrorReason.CallbackException => new CallbackException(message),
        ErrorReason.InvalidData => new InvalidMessageDataException(message),
        ErrorReason.NoSuchSession => new NoSuchSessionException(message),
        ErrorReason.IncompatibleDatatype => new IncompatibleDatatypeException(message),
        ErrorReason.UnhandledMessage => new UnhandledMessageException(message),
        ErrorReason.ClusterRepartition => new ClusterRepartitionException(message),
        ErrorReason.IncompatibleState => new IncompatibleStateException(message),
        ErrorReason.ClusterRouting => new ClusterRoutingException(message),
        ErrorReason.TopicTreeRegistrationConflict => new TopicTreeRegistrationConflictException(message),
        ErrorReason.HandlerConflict => new HandlerConflictException(message),
        ErrorReason.InvalidPath => new InvalidPathException(message),
        ErrorReason.RejectedRequest => new RejectedRequestException(message),
        ErrorReason.Overloaded => new OverloadedException(message),
        ErrorReason.InvalidFilter => new InvalidFilterException(message),
        _ => new CommunicationFailureException($"{message} (error reason {(int)reason}, which this version does not know)"),
    };
}
