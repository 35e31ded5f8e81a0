namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends requests to a path that nobody handles.</summary>
internal sealed record CallUnhandled(Site Site, string Path) : WorkerCommand;
