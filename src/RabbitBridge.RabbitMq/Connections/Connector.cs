using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>How the gateway connects, and which failures no further attempt can mend.</summary>
internal static class Connector
{
    // The broker's own limits decide (128 MiB up to 3.13, 16 MiB from 4.0). The client closes the connection over a larger
    // body, and the broker would deliver it again on the next one, for ever.
    private const uint MaxBodyBytes = 512 * 1024 * 1024;

    public static ConnectionFactory CreateFactory(RabbitMqOptions options) => new()
    {
        Uri = options.Uri,
        // The client's recovery waits 5 s first, skips what fails and keeps server state apart from ours; epochs replace it.
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = options.Heartbeat,
        ContinuationTimeout = options.OperationTimeout,
        RequestedConnectionTimeout = options.OperationTimeout,
        MaxInboundMessageBodySize = MaxBodyBytes,
        ConsumerDispatchConcurrency = 1,
    };

    /// <summary>Tells a mistake of configuration from a broker that is not there yet.</summary>
    /// <returns>What to mend; <see langword="null"/> if another attempt may succeed.</returns>
    public static string? ExplainFatal(Exception exception, RabbitMqOptions options)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return $"The broker refuses the user '{options.Uri.UserInfo.Split(':')[0]}': check user name and password in Uri.";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.PreconditionFailed } interrupted:
                    return $"The broker holds an entity of another kind under a name of this bridge; choose another Prefix, or remove it: {interrupted.ShutdownReason.ReplyText}";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused } interrupted:
                    return $"The broker user lacks a permission that a gateway needs: {interrupted.ShutdownReason.ReplyText}";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed } interrupted:
                    return $"The broker does not allow the connection; check the virtual host in Uri: {interrupted.ShutdownReason.ReplyText}";
            }
        }

        return null;
    }

    /// <summary>The innermost message, which tells more than the client's wrapping does.</summary>
    public static string Explain(Exception exception) => exception.GetBaseException().Message;
}
