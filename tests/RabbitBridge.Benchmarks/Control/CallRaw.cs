namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a caller over RabbitMQ.Client that publishes its requests to an exchange with a routing key.</summary>
internal sealed record CallRaw(Site Site, string Exchange, string RoutingKey) : WorkerCommand;
