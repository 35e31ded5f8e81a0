namespace RabbitBridge.Hosting;

/// <summary>As whom a host opens its session.</summary>
internal sealed record HostedSessionOptions(SessionOptions Options);
