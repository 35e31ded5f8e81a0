namespace RabbitBridge;

/// <summary>No response arrived within the request's time.</summary>
public sealed class RequestTimeOutException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.RequestTimeOut"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public RequestTimeOutException(string message, Exception? innerException = null)
        : base(ErrorReason.RequestTimeOut, message, innerException)
    {
    }
}
