namespace RabbitBridge;

/// <summary>The path breaks the rules of <see cref="MessagePath"/>.</summary>
public sealed class InvalidPathException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.InvalidPath"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public InvalidPathException(string message, Exception? innerException = null)
        : base(ErrorReason.InvalidPath, message, innerException)
    {
    }
}
