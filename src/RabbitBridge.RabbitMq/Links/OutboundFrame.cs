using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>A frame on its way to a gateway's inbox. Its bytes are kept until the broker has confirmed it, to tell who is concerned if nobody took it.</summary>
internal sealed class OutboundFrame(RabbitMqLink link, Epoch epoch, FrameBuffer frame) : ConfirmedOutbound
{
    public override string Exchange => epoch.Names.Gateway;

    public override string RoutingKey => link.Address;

    public override ReadOnlyMemory<byte> Body => frame.Bytes;

    public override void Describe(BasicProperties properties)
    {
        properties.Type = FrameFormat.Type;
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = epoch.Address;
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
        if (outcome == PublishOutcome.Returned)
            link.MarkGone();
        if (outcome != PublishOutcome.Confirmed)
            new UndeliveredFrame(link, epoch, outcome, frame.Attempt).Read(frame.Bytes);
        var charge = frame.Charge;
        frame.Return();
        link.OnSettled(charge);
    }

    public override void OnLost()
    {
        // The gateway fails every request of an epoch when it ends.
        if (frame.Responses > 0)
            epoch.ResponsesLost(frame.Responses, "the connection was lost before the broker confirmed them");
    }
}
