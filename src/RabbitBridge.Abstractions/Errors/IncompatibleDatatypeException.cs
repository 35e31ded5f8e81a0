namespace RabbitBridge;

/// <summary>The value's data type cannot be read as the type that is wanted.</summary>
public sealed class IncompatibleDatatypeException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.IncompatibleDatatype"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public IncompatibleDatatypeException(string message, Exception? innerException = null)
        : base(ErrorReason.IncompatibleDatatype, message, innerException)
    {
    }
}
