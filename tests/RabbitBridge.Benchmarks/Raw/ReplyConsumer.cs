using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Raw;

/// <summary>Gives replies to those who wait for them.</summary>
internal sealed class ReplyConsumer(IChannel channel, PendingReplies pending) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The client takes its buffer back when this method has ended, and the caller may look at the body later.
        pending.Complete(properties.CorrelationId, body.ToArray());
        return Task.CompletedTask;
    }
}
