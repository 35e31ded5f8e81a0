namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a client of the broker that publishes to its own queue: one round trip to the broker.</summary>
internal sealed record PingRaw(Site Site) : WorkerCommand;
