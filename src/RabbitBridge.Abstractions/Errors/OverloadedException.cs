namespace RabbitBridge;

/// <summary>A gateway, or the handler, has as much in hand as it may; the request was not executed.</summary>
public sealed class OverloadedException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.Overloaded"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public OverloadedException(string message, Exception? innerException = null)
        : base(ErrorReason.Overloaded, message, innerException)
    {
    }
}
