namespace RabbitBridge.Benchmarks.Control;

/// <summary>Wait until the gateway has lost its connection and has one again.</summary>
internal sealed record AwaitReturn : WorkerCommand;
