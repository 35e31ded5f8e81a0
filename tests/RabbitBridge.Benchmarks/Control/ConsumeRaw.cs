namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a consumer over RabbitMQ.Client. The address of the ready worker is its queue.</summary>
internal sealed record ConsumeRaw(Site Site) : WorkerCommand;
