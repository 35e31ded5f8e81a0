namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that answers its own requests.</summary>
internal sealed record CallLocally(Site Site, bool Json) : WorkerCommand;
