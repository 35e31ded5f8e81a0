using System.Globalization;
using System.Text.RegularExpressions;
using RabbitBridge.EndToEndTests.Cli;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>
/// Two gateway processes with a broker user of their own, beside whom there is a plain one who may write, read and configure whatever the broker
/// has: what protects the gateways is theirs, and not the broker's permissions.
/// </summary>
internal sealed partial class HostileBridge : IAsyncDisposable
{
    public const string Secret = "secret";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static readonly string[] GatewayNames = ["north", "south"];

    private readonly BrokerFixture _broker;
    private readonly Programs _programs = Programs.Create();

    private HostileBridge(BrokerFixture broker)
    {
        _broker = broker;
        Prefix = broker.NewProcesses().Prefix;
        Names = new Names(Prefix);
    }

    public string Prefix { get; }

    public Names Names { get; }

    public string PlainUser => $"{Prefix}-plain";

    /// <summary>The broker with the plain user.</summary>
    public Uri PlainUri => As(PlainUser);

    /// <summary>The broker with the user of the tests, who may do everything.</summary>
    public Uri OperatorUri => _broker.Broker.AmqpUri;

    public Uri North { get; private set; } = null!;

    public Uri South { get; private set; } = null!;

    private string GatewayUser => $"{Prefix}-gateway";

    /// <param name="broker">A broker that the tests have started.</param>
    /// <param name="security">Settings of both gateways besides their names and the roles of the two broker users.</param>
    public static async Task<HostileBridge> StartAsync(BrokerFixture broker, params IReadOnlyList<string> security)
    {
        var bridge = new HostileBridge(broker);
        foreach (var user in new[] { bridge.GatewayUser, bridge.PlainUser })
        {
            await broker.Broker.RunControlCommandAsync("add_user", user, Secret);
            await broker.Broker.RunControlCommandAsync("set_permissions", user, ".*", ".*", ".*");
        }

        var addresses = await Task.WhenAll(GatewayNames.Select(name => bridge._programs.StartGatewayAsync(
        [
            $"--Gateway:Name={name}", $"--RabbitMq:Uri={bridge.As(bridge.GatewayUser)}", $"--RabbitMq:Prefix={bridge.Prefix}",
            $"--Security:AmqpUsers:{bridge.GatewayUser}:0=GATEWAY", $"--Security:AmqpUsers:{bridge.PlainUser}:0=CLIENT", .. security,
        ])));
        (bridge.North, bridge.South) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return bridge;
    }

    public static Task<IRemoteSession> ConnectAsync(Uri gateway, string? principal = null) => RabbitBridgeClient.ConnectAsync(new ClientOptions
    {
        Addresses = [gateway],
        Principal = principal,
        Password = principal is null ? null : Secret,
    });

    /// <summary>What both gateways have written.</summary>
    public string Log => string.Join('\n', new[] { North, South }.Select(address => _programs.GatewayAt(address.GetLeftPart(UriPartial.Authority)).All));

    /// <summary>Lines of errors in the log: nothing that comes from outside is one.</summary>
    public IReadOnlyList<string> Errors => [.. Log.Split('\n').Where(static line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal))];

    /// <summary>The inboxes of the gateways at the broker, whose last number counts a gateway's connections.</summary>
    public async Task<string[]> InboxesAsync() =>
        [.. (await _broker.Broker.RunControlCommandAsync("list_queues", "name", "--quiet")).Split('\n').Select(static line => line.Trim()).Where(Names.IsInbox).Order(StringComparer.Ordinal)];

    /// <summary>A counter of both gateways, by the value of its attribute.</summary>
    public async Task<Dictionary<string, long>> CountAsync(string counter)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var gateway in new[] { North, South })
        {
            foreach (Match match in Sample().Matches(await Http.GetStringAsync(new Uri(gateway, "/metrics"))))
            {
                if (match.Groups["name"].Value.StartsWith(counter, StringComparison.Ordinal))
                    all[match.Groups["tag"].Value] = all.GetValueOrDefault(match.Groups["tag"].Value) + (long)double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
            }
        }

        return all;
    }

    public ValueTask DisposeAsync() => _programs.DisposeAsync();

    private Uri As(string user) => new UriBuilder(OperatorUri) { UserName = user, Password = Secret }.Uri;

    // One attribute of the instruments that are looked at is theirs, the others are the library's.
    [GeneratedRegex("""^(?<name>\w+)\{.*rabbitbridge_(input_kind|refusal_reason)="(?<tag>\w+)".*\} (?<value>[0-9.eE+]+)""", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
