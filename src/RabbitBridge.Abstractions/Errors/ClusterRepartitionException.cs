namespace RabbitBridge;

/// <summary>The cluster was being repartitioned; the request was not executed and may be sent again.</summary>
public sealed class ClusterRepartitionException : MessagingException
{
    /// <summary>Makes the error, whose reason is <see cref="ErrorReason.ClusterRepartition"/>.</summary>
    /// <param name="message">What went wrong, for people.</param>
    /// <param name="innerException">What caused it, if something did.</param>
    public ClusterRepartitionException(string message, Exception? innerException = null)
        : base(ErrorReason.ClusterRepartition, message, innerException)
    {
    }
}
