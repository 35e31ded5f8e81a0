using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Raw;

/// <summary>Takes what comes and does nothing.</summary>
internal sealed class SilentConsumer(IChannel consuming) : AsyncDefaultBasicConsumer(consuming);
