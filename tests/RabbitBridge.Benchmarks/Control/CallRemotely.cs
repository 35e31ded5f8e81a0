namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be as many remote sessions that send requests by path.</summary>
internal sealed record CallRemotely(Uri Gateway, string Path, int Sessions) : WorkerCommand;
