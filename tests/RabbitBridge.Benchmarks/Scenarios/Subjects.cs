using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Scenarios;

internal static class Subjects
{
    private const string Path = "echo";
    private const int FilterSessions = 10_000;

    /// <summary>Two gateways, and a handler on as many paths.</summary>
    public static Subject ByPath(int paths) => new(
        Names.RabbitBridge,
        site => new AnswerInGateway(site, Path, paths),
        (site, _) => new CallByPath(site, Path, paths));

    /// <summary>Two gateways, and a stream in a session of one of them.</summary>
    public static Subject BySession { get; } = new(
        Names.RabbitBridge,
        site => new AnswerInGateway(site, Path, Paths: 1),
        (site, session) => new CallBySession(site, session, Path));

    /// <summary>A gateway with a handler, and a plain AMQP client that asks it.</summary>
    public static Subject PublicPlane { get; } = new(
        Names.RabbitBridge,
        site => new AnswerInGateway(site, Path, Paths: 1),
        (site, _) => new CallRaw(site, $"{site.Prefix}.request", Path));

    /// <summary>The same by a client that counts the segments of its path and spares the broker the levels above.</summary>
    public static Subject PublicPlaneLevel { get; } = new(
        Names.RabbitBridgeLevel,
        site => new AnswerInGateway(site, Path, Paths: 1),
        (site, _) => new CallRaw(site, $"{site.Prefix}.request.1", Path));

    /// <summary>A plain AMQP client whose requests are mandatory and confirmed.</summary>
    public static Subject PublicPlaneSafe { get; } = new(
        Names.RabbitBridgeSafe,
        site => new AnswerInGateway(site, Path, Paths: 1),
        (site, _) => new CallRaw(site, $"{site.Prefix}.request", Path, IsSafe: true));

    /// <summary>The same by hand: the server acknowledges what it has answered, and its answers are mandatory and confirmed as well.</summary>
    public static Subject RawSafe { get; } = new(
        Names.RawSafe,
        site => new AnswerRaw(site, IsSafe: true),
        (site, queue) => new CallRaw(site, Exchange: string.Empty, queue, IsSafe: true));

    /// <summary>The same by hand, with RabbitMQ.Client alone.</summary>
    public static Subject RawFast { get; } = new(
        Names.RawFast,
        site => new AnswerRaw(site),
        (site, queue) => new CallRaw(site, Exchange: string.Empty, queue));

    /// <summary>The same by a server that acknowledges each request when it has answered it, as a gateway does with a handler queue's.</summary>
    public static Subject RawAcked { get; } = new(
        Names.RawAcked,
        site => new AnswerRaw(site, Acknowledges: true),
        (site, queue) => new CallRaw(site, Exchange: string.Empty, queue));

    /// <summary>The same, addressed by a routing key in place of the queue's name: what any routing by path costs the broker.</summary>
    public static Subject RawTopic { get; } = new(
        Names.RawTopic,
        site => new AnswerRaw(site, Topic: $"{site.Prefix}-{Path}"),
        (site, _) => new CallRaw(site, "amq.topic", $"{site.Prefix}-{Path}"));

    /// <summary>Four gateways with ten thousand sessions, and a fifth that asks them all by a filter.</summary>
    public static Subject ByFilter { get; } = new(
        Names.RabbitBridge,
        site => new AnswerFilters(site, Path, Gateways: 4, FilterSessions),
        (site, _) => new CallByFilter(site, Path, FilterSessions));

    /// <summary>As many requests by hand.</summary>
    public static Subject RawBatch { get; } = new(
        Names.RawBatch,
        site => new AnswerRaw(site),
        (site, queue) => new CallRawBatch(site, queue, FilterSessions));

    /// <summary>A handler elsewhere, and requests to a path without one.</summary>
    public static Subject Unhandled { get; } = new(
        Names.RabbitBridge,
        site => new AnswerInGateway(site, Path, Paths: 1),
        (site, _) => new CallUnhandled(site, "nobody/here"));

    public static Subject Ping { get; } = new(Names.RawPing, Responder: null, (site, _) => new PingRaw(site));

    /// <summary>A gateway with a message handler of a project, and another one that sends to it.</summary>
    public static Subject ProjectMessages { get; } = new(
        Names.RabbitBridge,
        site => new HandleMessages(site, Path),
        (site, server) => new SendMessages(site, Path, server));

    /// <summary>A queue with a consumer, and a publisher that waits for confirms.</summary>
    public static Subject RawPublish { get; } = new(
        Names.RawPublish,
        site => new ConsumeRaw(site),
        (site, queue) => new PublishRaw(site, queue));

    /// <summary>A gateway process with a handler, and as many remote sessions that ask.</summary>
    public static Subject Remote(int sessions) => new(
        Names.RabbitBridge,
        _ => new HostGateway(Path),
        (_, gateway) => new CallRemotely(new Uri(gateway), Path, sessions))
    {
        IsServer = true,
    };

    /// <summary>A gateway process, a remote session that answers and as many that ask, in two other processes.</summary>
    public static Subject RemoteToRemote(int sessions) => new(
        Names.RabbitBridgeToRemote,
        _ => new HostGateway(Path: null),
        (_, gateway) => new CallRemotely(new Uri(gateway), Path, sessions))
    {
        Handler = gateway => new AnswerRemotely(new Uri(gateway), Path),
        IsServer = true,
    };

    /// <summary>A SignalR hub that echoes, and as many connections.</summary>
    public static Subject SignalREcho(int connections) => new(
        Names.SignalREcho,
        _ => new AnswerInHub(),
        (_, hub) => new CallHub(new Uri(hub), connections))
    {
        IsServer = true,
    };

    public static Subject LocalBinary { get; } = new(Names.LocalBinary, Responder: null, (site, _) => new CallLocally(site, Json: false));

    public static Subject LocalJson { get; } = new(Names.LocalJson, Responder: null, (site, _) => new CallLocally(site, Json: true));
}
