namespace RabbitBridge;

/// <summary>The recipient rejected the request; the message is the recipient's own. A handler may throw it to reject.</summary>
public sealed class RejectedRequestException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.RejectedRequest"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public RejectedRequestException(string message, Exception? innerException = null)
        : base(ErrorReason.RejectedRequest, message, innerException)
    {
    }
}
