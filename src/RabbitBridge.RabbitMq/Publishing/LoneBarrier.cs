using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>
/// A message that no queue takes, published without a confirm: when the broker returns it, it has dealt with everything that
/// was published without a confirm before.
/// </summary>
internal sealed class LoneBarrier(Names names) : LoneOutbound, IOutboundSource
{
    /// <summary>No inbox is bound with it.</summary>
    public const string Key = "barrier";

    private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Returned => _returned.Task;

    public override string Exchange => names.Gateway;

    public override string RoutingKey => Key;

    public override ReadOnlyMemory<byte> Body => default;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        // Nobody reads it.
    }

    public override void OnWritten()
    {
        // The return follows.
    }

    public void OnReturned() => _returned.TrySetResult();

    public override void OnLost() =>
        _returned.TrySetException(new CommunicationFailureException("The connection was lost before the broker had dealt with what was published."));
}
