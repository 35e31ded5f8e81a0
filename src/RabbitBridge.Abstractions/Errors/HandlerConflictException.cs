namespace RabbitBridge;

/// <summary>The session already has a handler on the path.</summary>
public sealed class HandlerConflictException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.HandlerConflict"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public HandlerConflictException(string message, Exception? innerException = null)
        : base(ErrorReason.HandlerConflict, message, innerException)
    {
    }
}
