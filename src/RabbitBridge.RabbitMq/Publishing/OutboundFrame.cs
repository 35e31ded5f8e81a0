using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitMQ.Client;

namespace RabbitBridge.RabbitMq.Publishing;

/// <summary>A frame on its way to a gateway's inbox. Its bytes are kept until the broker has confirmed it, to tell who is concerned if nobody took it.</summary>
internal sealed class OutboundFrame(RabbitMqLink link, Epoch epoch, FrameBuffer frame) : Outbound, IFrameSink
{
    private PublishOutcome _outcome;

    public override string Exchange => epoch.Names.Gateway;

    public override string RoutingKey => link.Address;

    public override ReadOnlyMemory<byte> Body => frame.Bytes;

    public override void Describe(BasicProperties properties)
    {
        properties.ContentType = FrameFormat.ContentType;
        properties.ReplyTo = epoch.Address;
    }

    public override void OnOutcome(PublishOutcome outcome)
    {
        _outcome = outcome;
        if (outcome == PublishOutcome.Returned)
            link.MarkGone();
        if (outcome != PublishOutcome.Confirmed)
            FrameReader.Read(frame.Bytes, this);
        if (outcome == PublishOutcome.Returned && frame.Responses > 0)
            epoch.ResponsesLost(frame.Responses, "the requester's gateway is gone");
        frame.Return();
        link.OnSettled();
    }

    public override void OnLost()
    {
        // The gateway fails every request of an epoch when it ends.
        if (frame.Responses > 0)
            epoch.ResponsesLost(frame.Responses, "the connection was lost before the broker confirmed them");
    }

    public void OnRequest(in RequestEnvelope request) => epoch.Events.OnUndelivered(
        link,
        request with { IsTransient = true },
        _outcome == PublishOutcome.Returned ? DeliveryFailure.Unroutable : DeliveryFailure.Refused);

    public void OnResponse(in ResponseEnvelope response)
    {
        if (_outcome == PublishOutcome.Refused)
            link.Retry(response with { IsTransient = true }, frame.Attempt);
    }

    public void OnCancel(long id)
    {
        // Who did not get the request need not cancel it.
    }

    public void OnPresence(PresenceMessage message)
    {
        // The protocol heals itself: the next heartbeat shows what is missing.
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds a bad request: {problem}");

    public void OnUnknown(int type) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds the unknown message type {type}.");
}
