namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be the gateway process, with remote sessions, nothing behind it, and perhaps an echo handler. The address of the ready worker is where it listens.</summary>
internal sealed record HostGateway(string? Path) : WorkerCommand;
