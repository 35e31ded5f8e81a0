namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be an echo server over RabbitMQ.Client. The address of the ready worker is its queue.</summary>
internal sealed record AnswerRaw(Site Site) : WorkerCommand;
