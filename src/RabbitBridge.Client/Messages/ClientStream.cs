using Microsoft.Extensions.Logging;

namespace RabbitBridge.Client.Messages;

/// <summary>A request stream at one path.</summary>
internal sealed class ClientStream<TRequest, TResponse>(
    IRequestStream<TRequest, TResponse> stream, DataType<TRequest> requestType, DataType<TResponse> responseType, int maxMessageBytes, ILogger logger)
    : ClientReceiver<TRequest, TResponse>(requestType, responseType, maxMessageBytes, logger), IClientStream
{
    public IRequestStream Stream => stream;

    public ClientReceiver Receiver => this;

    public override void Call(TRequest request, ClientDelivery<TRequest, TResponse> delivery) => stream.OnRequest(delivery.Path, request, delivery);

    protected override void OnClose() => stream.OnClose();

    protected override void OnError(ErrorReason reason) => stream.OnError(reason);
}
