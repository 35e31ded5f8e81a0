using Microsoft.Extensions.Logging;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A receiver whose requests and responses have types.</summary>
internal abstract class ClientReceiver<TRequest, TResponse>(Target<TRequest, TResponse> target, ClientWork work, ILogger logger)
    : ClientReceiver(work, logger)
{
    /// <summary>What the application has registered.</summary>
    public Target<TRequest, TResponse> Target => target;

    public override ClientDelivery Accept(RemoteMessage request, RemoteLink from, Action<ClientDelivery> ended) =>
        new ClientDelivery<TRequest, TResponse>(this, request, from, ended);

    public override void ReportError(ErrorReason reason) => CallBack(() => target.OnError(reason));

    protected override void OnClose() => target.OnClose();
}
