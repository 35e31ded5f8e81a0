using System.Text.Json;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Events;

/// <summary>Publishes what happens at this gateway for services that only listen, as far as its options want it.</summary>
internal sealed class EventMirror(GatewayOptions options, IFabric fabric, Telemetry telemetry)
{
    private const string Session = "session";
    private const string Project = "project";

    /// <summary>A session's state, after each of its changes.</summary>
    public bool WantsSessions => options.MirrorSessions;

    public void Tell(SessionEvent what)
    {
        var isOpen = what.Kind == SessionEventKind.Open;
        var state = isOpen ? "open" : "closed";
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new MirroredSession
            {
                Session = what.Session.ToString(),
                Gateway = options.Name,
                State = state,
                Properties = isOpen ? what.Properties : null,
                Reason = isOpen ? null : what.CloseReason.ToString(),
            },
            EventJson.Default.MirroredSession);
        fabric.Mirror([Session, state, options.Name], json);
    }

    /// <summary>A project message that this gateway has delivered, if its options want it.</summary>
    public void Tell(ProjectMessage message)
    {
        if (!options.MirrorProjectMessages)
            return;
        try
        {
            using var payload = JsonDocument.Parse(message.Json);
            var json = JsonSerializer.SerializeToUtf8Bytes(
                new MirroredMessage
                {
                    Project = message.Project,
                    MessageHandler = message.MessageHandler,
                    Gateway = options.Name,
                    Sender = message.Sender == default ? null : message.Sender.ToString(),
                    Principal = message.Principal,
                    Roles = message.Roles,
                    Payload = payload.RootElement,
                },
                EventJson.Default.MirroredMessage);
            fabric.Mirror([Project, message.Project, message.MessageHandler], json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Another gateway has sent what is no JSON, or nests as deep as JSON may: the handlers have it as it is.
            telemetry.EventLost();
        }
    }
}
