using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A message without a body whose outcome somebody waits for.</summary>
internal sealed class AwaitedMessage(string exchange, string routingKey, string type, string? replyTo) : ConfirmedOutbound, IOutboundSource
{
    private readonly TaskCompletionSource<PublishOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PublishOutcome> Outcome => _outcome.Task;

    public override string Exchange => exchange;

    public override string RoutingKey => routingKey;

    public override ReadOnlyMemory<byte> Body => default;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        properties.Type = type;
        properties.ReplyTo = replyTo;
    }

    public override void OnOutcome(PublishOutcome outcome) => _outcome.TrySetResult(outcome);

    public override void OnLost() =>
        _outcome.TrySetException(new CommunicationFailureException("The connection was lost before the broker confirmed the message."));
}
