namespace RabbitBridge;

/// <summary>The request could not be routed just now; it was not executed and may be sent again.</summary>
public sealed class ClusterRoutingException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.ClusterRouting"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public ClusterRoutingException(string message, Exception? innerException = null)
        : base(ErrorReason.ClusterRouting, message, innerException)
    {
    }
}
