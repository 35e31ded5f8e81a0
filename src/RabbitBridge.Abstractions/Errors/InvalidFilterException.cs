namespace RabbitBridge;

/// <summary>The session filter could not be parsed. Carries <see cref="ErrorReason.InvalidFilter"/>.</summary>
public sealed class InvalidFilterException : MessagingException
{
    /// <summary>Makes the error from its text alone.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidFilterException(string message, Exception? innerException = null)
        : base(ErrorReason.InvalidFilter, message, innerException) => Errors = [];

    /// <summary>Makes the error from the problems that were found.</summary>
    /// <param name="errors">Every problem, in the order of the text.</param>
    public InvalidFilterException(IReadOnlyList<FilterError> errors)
        : base(ErrorReason.InvalidFilter, Describe(errors), innerException: null) => Errors = errors;

    /// <summary>Every problem, in the order of the text; empty if only the message is known.</summary>
    public IReadOnlyList<FilterError> Errors { get; }

    private static string Describe(IReadOnlyList<FilterError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        return $"The session filter is not valid: {string.Join("; ", errors)}.";
    }
}
