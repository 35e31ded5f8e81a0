namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends requests by path, evenly over as many paths as the other gateway handles.</summary>
internal sealed record CallByPath(Site Site, string Path, int Paths) : WorkerCommand;
