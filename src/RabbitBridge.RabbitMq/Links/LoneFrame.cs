using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>
/// A frame with the only request that is under way on its link, or with the answer to such a one. Two confirms would make it a
/// fifth slower; instead the requester asks when the answer stays away (<see cref="RabbitMqLink.Inquire"/>), by such a frame as well.
/// </summary>
internal sealed class LoneFrame(RabbitMqLink link, Epoch epoch, FrameBuffer frame) : LoneOutbound, IOutboundSource
{
    public override string Exchange => epoch.Names.Gateway;

    public override string RoutingKey => link.Address;

    public override ReadOnlyMemory<byte> Body => frame.Bytes;

    public Outbound? Next() => this;

    public override void Describe(BasicProperties properties)
    {
        properties.Type = FrameFormat.Type;
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = epoch.Address;
    }

    public override void OnWritten()
    {
        link.GiveBack(frame.Charge);
        frame.Return();
    }

    public override void OnLost()
    {
        link.GiveBack(frame.Charge);
        if (frame.Responses > 0)
            epoch.ResponsesLost(frame.Responses, "the connection was lost before they were written");
    }
}
