namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a publisher over RabbitMQ.Client that waits for each confirm.</summary>
internal sealed record PublishRaw(Site Site, string Queue) : WorkerCommand;
