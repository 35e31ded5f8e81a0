namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a caller over RabbitMQ.Client that publishes its requests to an exchange with a routing key; if safe, mandatory and with confirms.</summary>
internal sealed record CallRaw(Site Site, string Exchange, string RoutingKey, bool IsSafe = false) : WorkerCommand;
