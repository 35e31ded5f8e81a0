using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A presence message to all gateways.</summary>
internal sealed class Broadcast : ConfirmedOutbound, IOutboundSource
{
    private readonly Epoch _epoch;
    private readonly FrameBuffer _frame = FrameBuffer.Take();

    public Broadcast(Epoch epoch, PresenceMessage message)
    {
        _epoch = epoch;
        FrameWriter.Begin(_frame, Environment.TickCount64);
        FrameWriter.Write(_frame, message);
    }

    public override string Exchange => _epoch.Names.Presence;

    public override string RoutingKey => string.Empty;

    public override ReadOnlyMemory<byte> Body => _frame.Bytes;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        // With which the other gateways compare what takes longer.
        FrameWriter.Send(_frame, Environment.TickCount64);
        properties.Type = FrameFormat.Type;
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = _epoch.Address;
    }

    // Refused means that some gateway's inbox is full: it learns from the next heartbeat what it missed.
    public override void OnOutcome(PublishOutcome outcome) => _frame.Return();

    public override void OnLost()
    {
        // The next epoch begins with a broadcast of its own.
    }
}
