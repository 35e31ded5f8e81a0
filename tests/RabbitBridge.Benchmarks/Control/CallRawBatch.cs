namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a caller over RabbitMQ.Client that publishes so many requests, one for each session, and waits for all replies.</summary>
internal sealed record CallRawBatch(Site Site, string Queue, int Requests) : WorkerCommand;
