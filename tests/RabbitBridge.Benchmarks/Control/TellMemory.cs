namespace RabbitBridge.Benchmarks.Control;

/// <summary>Collect all garbage and tell what is left.</summary>
internal sealed record TellMemory : WorkerCommand;
