using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using RabbitBridge.Cli.Output;
using RabbitBridge.Cli.Remote;
using RabbitBridge.RabbitMq.Connections;

namespace RabbitBridge.Cli.Doctor;

/// <summary><c>rabbitbridge doctor</c>: is everything there that gateways and clients need?</summary>
internal static partial class DoctorVerb
{
    private const string BrokerVariable = "RABBITBRIDGE_AMQP_URI";
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var broker = new Option<Uri?>("--broker")
        {
            Description = $"The broker, as amqp://user:password@host:port/vhost or amqps for TLS. Default: {BrokerVariable}; without that, and without --address, that of a gateway's default.",
            HelpName = "URI",
            CustomParser = static result => Broker(result.Tokens[0].Value, "--broker", result),
        };
        var hosts = new Option<string[]>("--host") { Description = "Another node of the broker's cluster, looked at as well (RabbitMq:Hosts). May be given several times.", HelpName = "HOST[:PORT]" };
        hosts.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static token => !BrokerHosts.TryParse(token.Value, 1, out _)))
                result.AddError($"--host {token.Value}: a host, or host:port; user, password and virtual host are those of --broker.");
        });
        var prefix = new Option<string>("--prefix")
        {
            Description = "The prefix of the gateways' names at the broker.",
            DefaultValueFactory = static _ => new RabbitMqOptions().Prefix,
        };
        prefix.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && !Prefix().IsMatch(result.Tokens[0].Value))
                result.AddError($"--prefix {result.Tokens[0].Value}: 1 to 32 letters, digits, '-' and '_' are allowed.");
        });
        var connection = new ConnectionOptions();
        var command = new Command(
            "doctor",
            "Looks at the broker, and at the gateways of --address, and says what to do. What it makes at the broker has names of its own, and is removed; nothing else is changed.")
        {
            broker, hosts, prefix,
        };
        var login = new LoginArguments();
        login.AddTo(command);
        var tls = new TlsArguments();
        tls.AddTo(command);
        connection.AddTo(command, hasDefaultAddress: false);
        command.Validators.Add(result =>
        {
            if (result.GetResult(broker) is null)
                _ = BrokerFromEnvironment(result);
        });
        command.SetAction((result, cancellationToken) =>
        {
            var addresses = connection.Given(result);
            var uri = result.GetValue(broker) ?? BrokerFromEnvironment(null) ?? (addresses.Count == 0 ? new RabbitMqOptions().Uri : null);
            var limit = connection.Timeout(result) ?? DefaultLimit;
            var nodes = NodesOf(uri, result.GetValue(hosts) ?? []).Select(node => tls.Read(result, node, result.GetRequiredValue(prefix))).ToArray();
            foreach (var node in nodes)
                login.Apply(result, node);
            if (nodes.SelectMany(Mistakes.Of).Distinct().ToArray() is { Length: > 0 } mistakes)
            {
                if (connection.Json(result))
                    return Task.FromResult(WrongUsage.Tell(mistakes));
                foreach (var mistake in mistakes)
                    Console.Error.WriteLine(mistake);
                return Task.FromResult(ExitCodes.WrongUsage);
            }

            BrokerDoctor[] brokerDoctors = [.. nodes.Select(node => new BrokerDoctor(node, limit))];
            GatewayDoctor[] gatewayDoctors = [.. addresses.Select(address => new GatewayDoctor(connection.Read(result, [address]), limit))];
            IDoctorView view = connection.Json(result) ? new DoctorJsonView(Console.Out) : new DoctorPeopleView(Consoles.Create());
            return RunAsync(brokerDoctors, gatewayDoctors, view, cancellationToken);
        });
        return command;
    }

    private static IEnumerable<Uri> NodesOf(Uri? first, string[] others)
    {
        if (first is null)
            yield break;
        yield return first;
        foreach (var text in others)
        {
            if (BrokerHosts.TryParse(text, first.Port, out var host))
                yield return BrokerHosts.Replace(first, host);
        }
    }

    private static async Task<int> RunAsync(BrokerDoctor[] brokers, GatewayDoctor[] gateways, IDoctorView view, CancellationToken cancellationToken)
    {
        try
        {
            var (problems, warnings) = (0, 0);
            IEnumerable<IAsyncEnumerable<Finding>> examinations =
                [.. brokers.Select(broker => broker.ExamineAsync(cancellationToken)), .. gateways.Select(gateway => gateway.ExamineAsync(cancellationToken))];
            foreach (var examination in examinations)
            {
                await foreach (var finding in examination.ConfigureAwait(false))
                {
                    view.Show(finding);
                    problems += finding.Kind == FindingKind.Problem ? 1 : 0;
                    warnings += finding.Kind == FindingKind.Warning ? 1 : 0;
                }
            }

            view.End(problems, warnings);
            var isReached = brokers.Any(broker => broker.IsReached) || gateways.Any(gateway => gateway.IsReached);
            return problems == 0 ? ExitCodes.Done : isReached ? ExitCodes.ProblemsFound : ExitCodes.Unreachable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static Uri? BrokerFromEnvironment(SymbolResult? result) =>
        Environment.GetEnvironmentVariable(BrokerVariable) is { Length: > 0 } text ? Broker(text, BrokerVariable, result) : null;

    // Not repeated: it may hold a password.
    private static Uri? Broker(string text, string from, SymbolResult? result)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps")
            return uri.IsDefaultPort || uri.Port < 0 ? new UriBuilder(uri) { Port = uri.Scheme == "amqps" ? 5671 : 5672 }.Uri : uri;
        result?.AddError($"{from}: the address of a broker is amqp://user:password@host:port/vhost, or amqps for TLS.");
        return null;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}\\z")]
    private static partial Regex Prefix();
}
