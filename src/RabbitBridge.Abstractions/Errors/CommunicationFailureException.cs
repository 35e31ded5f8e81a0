namespace RabbitBridge;

/// <summary>The link was lost while the request was under way; whether it was executed is not known.</summary>
public sealed class CommunicationFailureException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.CommunicationFailure"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public CommunicationFailureException(string message, Exception? innerException = null)
        : base(ErrorReason.CommunicationFailure, message, innerException)
    {
    }
}
