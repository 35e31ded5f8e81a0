using Microsoft.Extensions.Logging;

namespace RabbitBridge.Client.Messages;

/// <summary>A handler for a branch, and how it is registered again at another gateway.</summary>
internal sealed class ClientHandler<TRequest, TResponse>(
    MessagePath branch,
    IRequestHandler<TRequest, TResponse> handler,
    DataType<TRequest> requestType,
    DataType<TResponse> responseType,
    RequestHandlerOptions options,
    int maxMessageBytes,
    Func<IClientHandler, Task> close,
    ILogger logger)
    : ClientReceiver<TRequest, TResponse>(requestType, responseType, maxMessageBytes, logger), IClientHandler
{
    public string Path => branch.ToString();

    public RequestHandlerOptions Options => options;

    public ClientReceiver Receiver => this;

    public override void Call(TRequest request, ClientDelivery<TRequest, TResponse> delivery) => handler.OnRequest(request, delivery, delivery);

    public Task CloseAsync() => close(this);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    protected override void OnClose() => handler.OnClose();

    protected override void OnError(ErrorReason reason) => handler.OnError(reason);
}
