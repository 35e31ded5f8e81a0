using System.Text.Json;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>A message handler of a remote session's client.</summary>
internal sealed class RemoteMessageSink(ClientQueue queue) : IMessageSink
{
    public SendStatus Take(ProjectMessage message)
    {
        var header = new RemoteProjectMessage
        {
            Project = message.Project,
            Handler = message.MessageHandler,
            Sender = message.Sender.ToString(),
            Principal = message.Principal,
            Roles = [.. message.Roles],
            TraceParent = message.TraceParent,
        };
        var what = new RemoteMessage(RemoteMessageType.ProjectMessage)
        {
            Text = JsonSerializer.Serialize(header, RemoteJson.Default.RemoteProjectMessage),
            Payload = message.Json,
        };
        return queue.TryPost(what, out _) ? SendStatus.Sent : SendStatus.Overloaded;
    }
}
