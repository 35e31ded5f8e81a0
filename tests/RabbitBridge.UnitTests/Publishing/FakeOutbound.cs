using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.UnitTests.Publishing;

internal sealed class FakeOutbound(ulong tag) : ConfirmedOutbound
{
    public ulong Tag => tag;

    public override string Exchange => "";

    public override string RoutingKey => "";

    public override ReadOnlyMemory<byte> Body => default;

    public override void Describe(BasicProperties properties)
    {
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
    }

    public override void OnLost()
    {
    }
}
