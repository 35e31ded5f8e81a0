namespace RabbitBridge;

/// <summary>The data could not be read, or is larger than is allowed.</summary>
public sealed class InvalidMessageDataException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.InvalidData"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public InvalidMessageDataException(string message, Exception? innerException = null)
        : base(ErrorReason.InvalidData, message, innerException)
    {
    }
}
