namespace RabbitBridge;

/// <summary>The session lacks a permission that the operation needs.</summary>
public sealed class AccessDeniedException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.AccessDenied"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public AccessDeniedException(string message, Exception? innerException = null)
        : base(ErrorReason.AccessDenied, message, innerException)
    {
    }
}
