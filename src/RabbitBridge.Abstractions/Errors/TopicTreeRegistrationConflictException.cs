namespace RabbitBridge;

/// <summary>Another registration holds the branch of the topic tree.</summary>
public sealed class TopicTreeRegistrationConflictException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.TopicTreeRegistrationConflict"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public TopicTreeRegistrationConflictException(string message, Exception? innerException = null)
        : base(ErrorReason.TopicTreeRegistrationConflict, message, innerException)
    {
    }
}
