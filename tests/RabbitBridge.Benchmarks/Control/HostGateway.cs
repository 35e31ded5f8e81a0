namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be the gateway process, with remote sessions and nothing behind it. The address of the ready worker is where it listens.</summary>
internal sealed record HostGateway : WorkerCommand;
