using System.Globalization;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>
/// A request to a branch whose handlers want redelivery: a frame with this one request, on the branch's queue, where it stays
/// until it is answered.
/// </summary>
internal sealed class QueuedRequest : ConfirmedOutbound, IOutboundSource
{
    private readonly RequestEnvelope _request;
    private readonly Epoch _epoch;
    private readonly FrameBuffer _frame = FrameBuffer.Take();

    public QueuedRequest(in RequestEnvelope request, MessagePath branch, Epoch epoch)
    {
        (_request, _epoch) = (request.Persist(), epoch);
        Exchange = epoch.Names.Level(branch.Depth);
        RoutingKey = RoutingKeys.Of(branch);
        FrameWriter.Begin(_frame, Environment.TickCount64);
        FrameWriter.Write(_frame, request);
        (Charge, Deadline) = (request.Payload.Length, epoch.Clock.DeadlineIn(request.RemainingMilliseconds));
    }

    public override string Exchange { get; }

    public override string RoutingKey { get; }

    public override ReadOnlyMemory<byte> Body => _frame.Bytes;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        FrameWriter.Send(_frame, Environment.TickCount64);
        properties.Type = FrameFormat.Type;
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = _epoch.Address;
        // Survives a restart of the broker together with the durable queue.
        properties.DeliveryMode = DeliveryModes.Persistent;
        if (Deadline > 0)
            properties.Expiration = _epoch.Clock.Until(Deadline).ToString(CultureInfo.InvariantCulture);
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
        _frame.Return();
        if (outcome != PublishOutcome.Confirmed)
        {
            _epoch.Events.OnUndelivered(
                null, _request, outcome == PublishOutcome.Returned ? DeliveryFailure.Unroutable : DeliveryFailure.Refused);
        }
    }

    public override void OnExpired() => _frame.Return();

    public override void OnLost() => _epoch.Events.OnUndelivered(null, _request, DeliveryFailure.ConnectionLost);
}
