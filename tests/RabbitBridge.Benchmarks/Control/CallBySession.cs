namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends requests to one session of the other gateway.</summary>
internal sealed record CallBySession(Site Site, string Session, string Path) : WorkerCommand;
