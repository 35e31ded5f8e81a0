namespace RabbitBridge.Benchmarks.Scenarios;

/// <summary>The names in the results, which scripts may rely on.</summary>
internal static class Names
{
    public const string ByPath = "by-path";
    public const string BySession = "by-session";
    public const string ManyPaths = "many-paths";
    public const string PublicPlane = "public-plane";
    public const string NoHandler = "no-handler";
    public const string Local = "local";
    public const string Filter = "filter";
    public const string Remote = "remote";
    public const string Projects = "projects";
    public const string RemoteSessions = "remote-sessions";
    public const string Handlers = "handlers";
    public const string OutageBlocked = "outage-blocked";
    public const string OutageAway = "outage-away";

    public const string RabbitBridge = "rabbitbridge";
    public const string RabbitBridgeToRemote = "rabbitbridge-to-remote";
    public const string RabbitBridgeLevel = "rabbitbridge-level";
    public const string RawFast = "raw-fast";
    public const string RawTopic = "raw-topic";
    public const string RawAcked = "raw-acked";
    public const string RawSafe = "raw-safe";
    public const string RabbitBridgeSafe = "rabbitbridge-safe";
    public const string RawPublish = "raw-publish";
    public const string RawPing = "raw-ping";
    public const string RawBatch = "raw-batch";
    public const string SignalREcho = "signalr-echo";
    public const string LocalBinary = "rabbitbridge-binary";
    public const string LocalJson = "rabbitbridge-json";
}
