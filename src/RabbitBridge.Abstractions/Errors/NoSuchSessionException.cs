namespace RabbitBridge;

/// <summary>No session with that identifier is open anywhere in the fabric.</summary>
public sealed class NoSuchSessionException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.NoSuchSession"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public NoSuchSessionException(string message, Exception? innerException = null)
        : base(ErrorReason.NoSuchSession, message, innerException)
    {
    }
}
