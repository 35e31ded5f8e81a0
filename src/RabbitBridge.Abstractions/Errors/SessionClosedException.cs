namespace RabbitBridge;

/// <summary>The session is closed.</summary>
public sealed class SessionClosedException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.SessionClosed"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public SessionClosedException(string message, Exception? innerException = null)
        : base(ErrorReason.SessionClosed, message, innerException)
    {
    }
}
