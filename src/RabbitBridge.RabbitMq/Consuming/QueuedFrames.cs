using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Links;

namespace RabbitBridge.RabbitMq.Consuming;

/// <summary>Passes the requests of a frame from a handler queue on to the engine. Other messages have no business there.</summary>
internal sealed class QueuedFrames(RabbitMqLink link, Delivery delivery, bool mayHaveRun, Epoch epoch) : IFrameSink
{
    private FrameAge _age;

    public void OnSent(long at, int waited) => _age = link.Inbound.AgeOf(at, waited);

    public void OnRequest(in RequestEnvelope request)
    {
        if (request.Filter is not null)
        {
            Refuse("filter request");
            return;
        }

        var left = request;
        var replyTo = delivery.ReplyTo(link);
        if (mayHaveRun)
        {
            replyTo.Reply(GoneGateway.MayHaveRun(request.Id));
        }
        else if (_age.TryTakeOff(ref left))
        {
            epoch.Events.OnQueuedRequest(link, replyTo, left);
        }
        else
        {
            epoch.Telemetry.ExpiredRequest();
            replyTo.Abandoned(request.Id);
        }
    }

    public void OnResponse(in ResponseEnvelope response) => Refuse("response");

    public void OnMessage(LinkMessage message) => Refuse(message.TypeName);

    public void OnBadRequest(long id, ErrorReason reason, string problem) => link.Inbound.OnBadRequest(id, reason, problem);

    public void OnUnknown(int type) => link.Inbound.OnUnknown(type);

    private void Refuse(string what) =>
        epoch.Faults.Report(InputFault.InvalidRequest, $"A {what} from {link.Address} on a handler queue.");
}
