using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>What answers requests at this client: a handler or a request stream.</summary>
internal abstract class ClientReceiver(ClientWork work, ILogger logger) : Receiver
{
    public ClientWork Work => work;

    /// <summary>Makes the delivery that the application answers.</summary>
    public abstract ClientDelivery Accept(RemoteMessage request, RemoteLink from, Action<ClientDelivery> ended);

    /// <summary>What was registered could not be registered again.</summary>
    public abstract void ReportError(ErrorReason reason);

    public override void HandlerFailed(Exception exception, string path) => Log.HandlerFailed(logger, exception, path);

    public override void HandlerFailedLate(Exception exception, string path) => Log.HandlerFailedAfterAnswer(logger, exception, path);

    protected override void CallbackFailed(Exception exception) => Log.CallbackFailed(logger, exception);
}
