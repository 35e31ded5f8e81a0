namespace RabbitBridge;

/// <summary>The operation does not fit the state that its target is in.</summary>
public sealed class IncompatibleStateException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.IncompatibleState"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public IncompatibleStateException(string message, Exception? innerException = null)
        : base(ErrorReason.IncompatibleState, message, innerException)
    {
    }
}
