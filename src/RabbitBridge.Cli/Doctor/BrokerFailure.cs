using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.Cli.Doctor;

/// <summary>Explains why there is no connection to a broker.</summary>
internal static class BrokerFailure
{
    private const string Check = "broker";

    /// <returns>The finding, and whether the broker was reached all the same.</returns>
    public static (Finding Finding, bool IsReached) Explain(Exception exception, Uri broker)
    {
        var where = $"{broker.Host}:{broker.Port}";
        for (var each = exception; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return (Problem($"{where} refuses the user '{User(broker)}'.", "Check user name and password; 'guest' is let in from the broker's own machine only."), true);
                case OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed or Constants.NotFound or Constants.AccessRefused } refused:
                    return (Problem($"{where} does not let '{User(broker)}' into the virtual host: {refused.ShutdownReason.ReplyText}", "Check the virtual host in the URI (/ is written %2F), and that the user has permissions in it: rabbitmqctl set_permissions."), true);
                case AuthenticationException tls:
                    return (Problem($"TLS with {where} fails: {tls.Message}", "Check that the broker's certificate is valid for this host name and from an authority that this machine trusts, and that the port is the one for TLS (5671)."), true);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return (Problem($"The host name '{broker.Host}' is not known.", "Check the host in the URI, and the name servers."), false);
                case SocketException socket:
                    return (Problem($"{where} cannot be reached: {socket.Message}.", "See that the broker runs and listens on this port (5672, with TLS 5671), and that no firewall is between."), false);
            }
        }

        return (Problem($"{where} does not answer as a broker: {exception.GetBaseException().Message}", "See that the port is that of AMQP (5672), with amqps:// that of TLS (5671), not that of the management page."), false);
    }

    private static Finding Problem(string text, string advice) => Finding.Problem(Check, text, advice);

    private static string User(Uri broker) => broker.UserInfo is { Length: > 0 } user ? Uri.UnescapeDataString(user.Split(':')[0]) : "guest";
}
