using System.Text.Json;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Projects;

/// <summary>A message on its way through a handler of this client.</summary>
internal sealed class ClientMessageJob(RemoteMessage message, Func<string, IMessageHandler?> find, MessagingServer server, ILogger logger) : PumpedMessage
{
    // The same as a gateway gives its own handlers.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private string _handler = string.Empty;

    public override int Bytes => message.Payload.Length;

    public override TimeSpan TimeLimit => Limit;

    public override async Task<object?> RunAsync(CancellationToken left)
    {
        var header = JsonSerializer.Deserialize(message.Text, RemoteJson.Default.RemoteProjectMessage)!;
        _handler = header.Handler;
        // It was removed while the message was on its way.
        if (find(header.Handler) is not { } handler)
            return null;
        var delivered = new ProjectMessage(header.Project, header.Handler, message.Payload)
        {
            Sender = SessionId.Parse(header.Sender),
            Principal = header.Principal,
            Roles = header.Roles,
            TraceParent = header.TraceParent,
        };
        return await HandleAsync(ClientTelemetry.Messaging.StartProjectProcess(server, delivered), handler, delivered, left).ConfigureAwait(false);
    }

    public override void Handled(object? answer)
    {
        // Nobody waits for what it gives.
    }

    public override void Failed(Exception exception) => Log.CallbackFailed(logger, exception);

    public override void LeftBehind(LeftReason reason)
    {
        base.LeftBehind(reason);
        if (reason == LeftReason.TimeOver)
            Log.MessageHandlerTooSlow(logger, _handler, Limit);
    }

    public override void Report(Exception exception) => Log.CallbackFailed(logger, exception);
}
