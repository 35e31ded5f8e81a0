namespace RabbitBridge;

/// <summary>The handler or stream threw while it handled the request.</summary>
public sealed class CallbackException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.CallbackException"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public CallbackException(string message, Exception? innerException = null)
        : base(ErrorReason.CallbackException, message, innerException)
    {
    }
}
