using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Raw;

/// <summary>Answers each request in the consumer's callback, and acknowledges it if asked to. The body is published from the client's own buffer.</summary>
internal sealed class EchoConsumer(IChannel consuming, IChannel publishing, bool acknowledges) : AsyncDefaultBasicConsumer(consuming)
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
        var published = publishing.BasicPublishAsync(
            exchange: string.Empty,
            routingKey: properties.ReplyTo!,
            mandatory: false,
            basicProperties: new BasicProperties { CorrelationId = properties.CorrelationId },
            body: body,
            cancellationToken: cancellationToken);
        if (acknowledges)
            return AcknowledgeAsync(published, deliveryTag, cancellationToken);
        return published.IsCompletedSuccessfully ? Task.CompletedTask : published.AsTask();
    }

    private async Task AcknowledgeAsync(ValueTask published, ulong deliveryTag, CancellationToken cancellationToken)
    {
        await published.ConfigureAwait(false);
        await Channel.BasicAckAsync(deliveryTag, multiple: false, cancellationToken).ConfigureAwait(false);
    }
}
