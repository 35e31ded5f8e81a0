using System.Security.Authentication;
using RabbitBridge.RabbitMq.Tls;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.RabbitMq.Connections;

/// <summary>How the gateway connects, and which failures no further attempt can mend.</summary>
internal static class Connector
{
    // The broker's own limits decide (128 MiB up to 3.13, 16 MiB from 4.0). The client closes the connection over a larger
    // body, and the broker would deliver it again on the next one, for ever.
    private const uint MaxBodyBytes = 512 * 1024 * 1024;

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A file that TLS needs cannot be read any more.</exception>
    public static ConnectionFactory CreateFactory(RabbitMqOptions options)
    {
        var factory = new ConnectionFactory
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
        if (options.Tls.External)
            factory.AuthMechanisms = [new ExternalMechanismFactory()];
        (factory.UserName, factory.Password) = BrokerLogin.Read(options);
        factory.Endpoint = EndpointOf(options, (options.Uri.DnsSafeHost, factory.Endpoint.Port));
        return factory;
    }

    /// <summary>The broker's nodes.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A file that TLS needs cannot be read any more.</exception>
    public static BrokerHosts CreateHosts(ConnectionFactory factory, RabbitMqOptions options)
    {
        var endpoints = new List<AmqpTcpEndpoint> { factory.Endpoint };
        foreach (var text in options.Hosts)
        {
            if (BrokerHosts.TryParse(text, factory.Endpoint.Port, out var host))
                endpoints.Add(EndpointOf(options, host));
        }

        return new BrokerHosts(endpoints);
    }

    /// <summary>Sets the password as its file has it now.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The file cannot be read any more.</exception>
    public static void RefreshPassword(ConnectionFactory factory, RabbitMqOptions options)
    {
        if (options.PasswordFile is not null)
            factory.Password = BrokerLogin.Read(options).Password;
    }

    /// <summary>Tells a mistake of configuration from a broker that is not there yet.</summary>
    /// <returns>What to mend; <see langword="null"/> if another attempt may succeed.</returns>
    public static string? ExplainFatal(Exception exception, RabbitMqOptions options)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case RefusedCertificateException refused:
                    return refused.Message;
                case AuthenticationException tls:
                    return $"TLS with the broker fails: {tls.Message} See that the port in Uri is the one for TLS (5671), and that the broker knows the authority of Tls:CertificateFile or Tls:PfxFile, if it asks for a certificate.";
                case AuthenticationFailureException or PossibleAuthenticationFailureException when options.Tls.External:
                    return $"The broker does not let the user '{User(options)}' in by its certificate: check that the broker has the plugin rabbitmq_auth_mechanism_ssl, EXTERNAL among its auth_mechanisms, and a user of the name that ssl_cert_login_from makes of the certificate.";
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return $"The broker refuses the user '{User(options)}': check user name and password, in Uri or in UserName, UserNameFile, Password and PasswordFile.";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.PreconditionFailed } other when other.ShutdownReason.ReplyText.Contains("user_id", StringComparison.Ordinal):
                    return $"The broker knows this gateway by another name than the user '{User(options)}', which with Tls:External must be the one that the broker makes of the certificate: {other.ShutdownReason.ReplyText}";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.PreconditionFailed } interrupted:
                    return $"The broker holds an entity of another kind under a name of this bridge; choose another Prefix, or remove it: {interrupted.ShutdownReason.ReplyText}";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused } interrupted:
                    return $"The broker user lacks a permission that a gateway needs: {AccessRefusal.Explain(interrupted.ShutdownReason)}. `rabbitbridge doctor` looks at all of them.";
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed } interrupted:
                    return $"The broker does not allow the connection; check the virtual host in Uri: {interrupted.ShutdownReason.ReplyText}";
            }
        }

        return null;
    }

    /// <summary>Why there is no connection, for the log.</summary>
    public static string Explain(Exception exception, RabbitMqOptions options)
    {
        var problem = Explain(exception);
        // With TLS 1.3 the client has finished its handshake before the broker looks at its certificate; all that it sees is that the connection ends. A
        // broker that stops, or a proxy without one, ends it in the same way, so it may go away by itself.
        return options.Uri.Scheme == "amqps" && exception is BrokerUnreachableException { InnerException: IOException }
            ? $"{problem}. If the broker demands a certificate of its clients: {(options.Tls is { CertificateFile: null, PfxFile: null } ? "none is set" : "see that it knows the authority of the one that is set")} (Tls:CertificateFile with Tls:KeyFile, or Tls:PfxFile)."
            : problem;
    }

    /// <summary>The innermost message, which tells more than the client's wrapping does.</summary>
    public static string Explain(Exception exception) => exception.GetBaseException().Message;

    /// <summary>The broker's address for people: without user and password, and with the port.</summary>
    public static string Where(ConnectionFactory factory) => $"{factory.HostName}:{factory.Endpoint.Port}";

    private static string User(RabbitMqOptions options) => BrokerLogin.UserName(options);

    private static AmqpTcpEndpoint EndpointOf(RabbitMqOptions options, (string Name, int Port) host) => new(host.Name, host.Port, BrokerTls.Create(options, host.Name));
}
