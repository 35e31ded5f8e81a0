namespace RabbitBridge.Benchmarks.Control;

/// <summary>The command could not be carried out. The worker goes on.</summary>
internal sealed record Failed(string Problem) : WorkerEvent;
