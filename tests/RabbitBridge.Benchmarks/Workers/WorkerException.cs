namespace RabbitBridge.Benchmarks.Workers;

/// <summary>A worker process could not do what it was told; the text holds what it said.</summary>
internal sealed class WorkerException(string message) : Exception(message);
