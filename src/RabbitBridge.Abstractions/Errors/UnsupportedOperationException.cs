namespace RabbitBridge;

/// <summary>The recipient does not offer the operation.</summary>
public sealed class UnsupportedOperationException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.Unsupported"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public UnsupportedOperationException(string message, Exception? innerException = null)
        : base(ErrorReason.Unsupported, message, innerException)
    {
    }
}
