namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends requests to all those sessions, and waits for the answers of all.</summary>
internal sealed record CallByFilter(Site Site, string Path, int Sessions) : WorkerCommand;
