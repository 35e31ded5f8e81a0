using Microsoft.Extensions.Logging;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A receiver whose requests and responses have types.</summary>
internal abstract class ClientReceiver<TRequest, TResponse>(DataType<TRequest> requestType, DataType<TResponse> responseType, int maxMessageBytes, ILogger logger)
    : ClientReceiver(logger)
{
    public DataType<TRequest> RequestType => requestType;

    public DataType<TResponse> ResponseType => responseType;

    /// <summary>The largest response, in bytes.</summary>
    public int MaxMessageBytes => maxMessageBytes;

    public override ClientDelivery Accept(RemoteMessage request, Action<RemoteMessage> answer) =>
        new ClientDelivery<TRequest, TResponse>(this, request, answer);

    public abstract void Call(TRequest request, ClientDelivery<TRequest, TResponse> delivery);
}
