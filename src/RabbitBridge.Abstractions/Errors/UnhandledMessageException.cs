namespace RabbitBridge;

/// <summary>Nobody handles the message path.</summary>
public sealed class UnhandledMessageException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.UnhandledMessage"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public UnhandledMessageException(string message, Exception? innerException = null)
        : base(ErrorReason.UnhandledMessage, message, innerException)
    {
    }
}
