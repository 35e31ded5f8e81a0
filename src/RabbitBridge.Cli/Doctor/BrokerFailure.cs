using System.Net.Sockets;
using System.Security.Authentication;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Tls;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Explains why there is no connection to a broker.</summary>
internal static class BrokerFailure
{
    private const string Check = "broker";

    /// <returns>The finding, and whether the broker was reached all the same.</returns>
    public static (Finding Finding, bool IsReached) Explain(Exception exception, RabbitMqOptions options)
    {
        var broker = options.Uri;
        var user = BrokerLogin.UserName(options);
        var where = $"{broker.Host}:{broker.Port}";
        // After a handshake by TLS 1.3, this is how a broker turns a client without the right certificate away.
        if (broker.Scheme == "amqps" && exception is BrokerUnreachableException { InnerException: IOException cut })
            return (Problem($"{where} ends the connection after the TLS handshake: {cut.GetBaseException().Message}", "If it demands a certificate of its clients (fail_if_no_peer_cert), give --certificate and --key, or --pfx, of an authority that it knows; else look into its log."), true);
        for (var each = exception; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case RefusedCertificateException refused:
                    return (Problem($"{where}: {Mistakes.InWordsOfTheCommandLine(refused.Message)}", "For the name, connect by the one that the certificate is for, or give it with --server-name; for the chain, give the authority's certificate with --ca-file, or renew the broker's."), true);
                case AuthenticationFailureException or PossibleAuthenticationFailureException when options.Tls.External:
                    return (Problem($"{where} does not let '{user}' in by its certificate.", "See that the broker has the plugin rabbitmq_auth_mechanism_ssl, EXTERNAL among its auth_mechanisms, and a user of the name that ssl_cert_login_from makes of the certificate."), true);
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return (Problem($"{where} refuses the user '{user}'.", "Check user name and password; 'guest' is let in from the broker's own machine only."), true);
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed or Constants.NotFound or Constants.AccessRefused } refused:
                    return (Problem($"{where} does not let '{user}' into the virtual host: {refused.ShutdownReason.ReplyText}", "Check the virtual host in the URI (/ is written %2F), and that the user has permissions in it: rabbitmqctl set_permissions."), true);
                case AuthenticationException tls:
                    return (Problem($"TLS with {where} fails: {tls.Message}", "Check that the port is the one for TLS (5671), and that the broker knows the authority of --certificate or --pfx, if it asks for one."), true);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return (Problem($"The host name '{broker.Host}' is not known.", "Check the host in the URI, and the name servers."), false);
                case SocketException socket:
                    return (Problem($"{where} cannot be reached: {socket.Message}.", "See that the broker runs and listens on this port (5672, with TLS 5671), and that no firewall is between."), false);
            }
        }

        return (Problem($"{where} does not answer as a broker: {exception.GetBaseException().Message}", "See that the port is that of AMQP (5672), with amqps:// that of TLS (5671), not that of the management page."), false);
    }

    private static Finding Problem(string text, string advice) => Finding.Problem(Check, text, advice);
}
