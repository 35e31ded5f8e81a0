using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>Passes the messages that a gateway has sent to this one on to the engine. Called by the inbox alone, one frame at a time, but for <see cref="AgeOf"/>.</summary>
internal sealed class InboundFrames(RabbitMqLink link, Epoch epoch) : IFrameSink
{
    private readonly TransitTime _transit = epoch.TransitOf(link.Address);
    private bool _isLone;
    private FrameAge _age;

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">The bytes, which the messages' payloads keep alive.</param>
    /// <param name="isLone">Whether it was published without a confirm, so that the answer may be.</param>
    /// <exception cref="FrameException">The frame is malformed.</exception>
    public void Read(ReadOnlyMemory<byte> frame, bool isLone)
    {
        (_isLone, _age) = (isLone, default);
        if (isLone)
        {
            FrameReader.Read(frame, this);
            return;
        }

        link.ReadingBegins();
        try
        {
            FrameReader.Read(frame, this);
        }
        finally
        {
            link.ReadingEnds();
        }
    }

    /// <summary>Tells the age of a frame of the gateway's, whichever queue it came by.</summary>
    /// <param name="at">When it was sent, by the clock of its sender.</param>
    /// <param name="waited">How long it waited before, in milliseconds.</param>
    public FrameAge AgeOf(long at, int waited) => new((int)Math.Min((long)waited + _transit.Excess(at, Environment.TickCount64), int.MaxValue));

    public void OnSent(long at, int waited) => _age = AgeOf(at, waited);

    public void OnRequest(in RequestEnvelope request)
    {
        var left = request;
        if (_age.TryTakeOff(ref left))
            Receive(left);
        else
            epoch.Telemetry.ExpiredRequest();
    }

    public void OnResponse(in ResponseEnvelope response)
    {
        link.LoneRequestEnded(response.Id);
        if (!epoch.Events.OnResponse(link, response))
            epoch.Faults.Report(InputFault.ForgedResponse, $"An answer of {link.Address}, which was not asked.");
    }

    public void OnMessage(LinkMessage message)
    {
        if (message is InquiryMessage inquiry)
        {
            if (!link.Incoming.Contains(inquiry.Id))
                link.AnswerInquiry(inquiry.Id);
        }
        else if (message is PresenceMessage presence && presence.Address != link.Address)
            epoch.Faults.Report(InputFault.InvalidRequest, $"Presence of {presence.Address} came from {link.Address}.");
        else if (!epoch.Events.OnMessage(link, message))
            epoch.Faults.Report(InputFault.ForgedResponse, $"A {message.TypeName} of {link.Address} speaks for another gateway.");
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem)
    {
        epoch.Faults.Report(reason == ErrorReason.InvalidPath ? InputFault.InvalidPath : InputFault.InvalidRequest, $"From {link.Address}: {problem}");
        if (_isLone)
            link.LoneRequestArrived(id);
        link.Reply(ResponseEnvelope.Failed(id, reason, problem));
    }

    public void OnUnknown(int type) =>
        epoch.Faults.Report(InputFault.UnknownMessageType, $"Message type {type} from {link.Address}.");

    private void Receive(in RequestEnvelope request)
    {
        if (_isLone)
            link.LoneRequestArrived(request.Id);
        if (request.Payload.Length > epoch.MaxMessageBytes)
        {
            epoch.Faults.Report(InputFault.Oversized, $"A request of {request.Payload.Length} bytes from {link.Address}.");
            var problem = $"A request of {request.Payload.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes.";
            if (request.Filter is null)
                link.Reply(ResponseEnvelope.Failed(request.Id, ErrorReason.InvalidData, problem));
            else
                link.Count(new FilterCount(request.Id, epoch.Instance, [], Error: ErrorReason.InvalidData, ErrorMessage: problem));
            return;
        }

        epoch.Events.OnRequest(link, request);
    }
}
