using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>Tells whoever is concerned that a frame of this gateway's own reached nobody.</summary>
internal sealed class UndeliveredFrame(RabbitMqLink link, Epoch epoch, PublishOutcome outcome, int attempt) : IFrameSink
{
    private int _lostResponses;

    public void Read(ReadOnlyMemory<byte> frame)
    {
        FrameReader.Read(frame, this);
        if (_lostResponses > 0)
            epoch.ResponsesLost(_lostResponses, "the way to the requester's gateway is lost");
    }

    public void OnSent(long at, int waited)
    {
        // Whoever waits for it has a clock of its own.
    }

    public void OnRequest(in RequestEnvelope request) => epoch.Events.OnUndelivered(
        link,
        request with { IsTransient = true },
        outcome == PublishOutcome.Returned ? DeliveryFailure.Unroutable : DeliveryFailure.Refused);

    public void OnResponse(in ResponseEnvelope response)
    {
        if (outcome == PublishOutcome.Refused)
            link.Retry(response with { IsTransient = true }, attempt);
        else
            _lostResponses++;
    }

    public void OnMessage(LinkMessage message)
    {
        // All others heal by themselves: counts, credit and inquiries are asked for again, the next heartbeat
        // shows what is missing, and of a gateway that has not got a request nothing need be cancelled.
        if (message is SessionEvent)
            link.TellAgain();
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds a bad request: {problem}");

    public void OnUnknown(int type) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds the unknown message type {type}.");
}
