using RabbitMQ.Client;

namespace RabbitBridge.Benchmarks.Raw;

/// <summary>Answers each request, and acknowledges it when the broker has confirmed the answer; the next ones need not wait for that.</summary>
internal sealed class SafeEchoConsumer(IChannel consuming, IChannel publishing) : AsyncDefaultBasicConsumer(consuming)
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
        // The client takes its buffer back when this method has ended.
        AnswerAsync(deliveryTag, properties.ReplyTo!, properties.CorrelationId, body.ToArray());
        return Task.CompletedTask;
    }

    // async void on purpose: a failure ends the worker, and with it the round.
    private async void AnswerAsync(ulong deliveryTag, string replyTo, string? correlationId, ReadOnlyMemory<byte> body)
    {
        await publishing.BasicPublishAsync(
            exchange: string.Empty,
            routingKey: replyTo,
            mandatory: true,
            basicProperties: new BasicProperties { CorrelationId = correlationId },
            body: body).ConfigureAwait(false);
        await Channel.BasicAckAsync(deliveryTag, multiple: false).ConfigureAwait(false);
    }
}
