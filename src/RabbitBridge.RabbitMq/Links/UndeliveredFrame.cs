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

    public void OnCancel(long id)
    {
        // Who did not get the request need not cancel it.
    }

    public void OnPresence(PresenceMessage message)
    {
        // The protocol heals itself: the next heartbeat shows what is missing.
    }

    public void OnCount(FilterCount count)
    {
        // The requester asks again.
    }

    public void OnCredit(long id, int answers)
    {
        // Without it the other side goes on by its clock.
    }

    public void OnListen(bool isOn)
    {
        // A gateway whose inbox is full is asked again when it connects anew; one that is gone has no sessions.
    }

    public void OnSessionEvent(SessionEvent what) => link.TellAgain();

    public void OnInquiry(long id)
    {
        // A full inbox is asked again; of one that is gone the gateway learns by the return.
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds a bad request: {problem}");

    public void OnUnknown(int type) =>
        throw new InvalidOperationException($"A frame of this gateway's own holds the unknown message type {type}.");
}
