using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>Passes the messages that a gateway has sent to this one on to the engine.</summary>
internal sealed class InboundFrames(RabbitMqLink link, Epoch epoch) : IFrameSink
{
    public void OnRequest(in RequestEnvelope request)
    {
        if (request.Payload.Length > epoch.MaxMessageBytes)
        {
            epoch.Faults.Report(InputFault.Oversized, $"A request of {request.Payload.Length} bytes from {link.Address}.");
            link.Reply(ResponseEnvelope.Failed(
                request.Id, ErrorReason.InvalidData, $"A request of {request.Payload.Length} bytes is larger than the {epoch.MaxMessageBytes} bytes that this gateway takes."));
            return;
        }

        epoch.Events.OnRequest(link, request);
    }

    public void OnResponse(in ResponseEnvelope response) => epoch.Events.OnResponse(response);

    public void OnCancel(long id) => epoch.Events.OnCancel(link, id);

    public void OnPresence(PresenceMessage message)
    {
        // A gateway speaks for its own inbox only; who may write as it is a matter of the broker's permissions.
        if (message.Address == link.Address)
            epoch.Events.OnPresence(message);
        else
            epoch.Faults.Report(InputFault.InvalidRequest, $"Presence of {message.Address} came from {link.Address}.");
    }

    public void OnBadRequest(long id, ErrorReason reason, string problem)
    {
        epoch.Faults.Report(reason == ErrorReason.InvalidPath ? InputFault.InvalidPath : InputFault.InvalidRequest, $"From {link.Address}: {problem}");
        link.Reply(ResponseEnvelope.Failed(id, reason, problem));
    }

    public void OnUnknown(int type) =>
        epoch.Faults.Report(InputFault.UnknownMessageType, $"Message type {type} from {link.Address}.");
}
