using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>An event for services that only listen.</summary>
internal sealed class MirroredEvent(IReadOnlyList<string> key, ReadOnlyMemory<byte> json, Epoch epoch, EventRoom room) : ConfirmedOutbound, IOutboundSource
{
    public override string Exchange => epoch.Names.Event;

    public override string RoutingKey { get; } = RoutingKeys.OfNames(key);

    public override ReadOnlyMemory<byte> Body => json;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties) => properties.ContentType = ContentTypes.Json;

    public override void OnOutcome(PublishOutcome outcome)
    {
        room.GiveBack();
        // Returned: nobody listens.
        if (outcome == PublishOutcome.Refused)
            epoch.Telemetry.EventLost();
    }

    public override void OnLost()
    {
        room.GiveBack();
        epoch.Telemetry.EventLost();
    }
}
