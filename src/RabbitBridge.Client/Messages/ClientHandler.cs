using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A handler for a branch, and how it is registered again at another gateway.</summary>
internal sealed class ClientHandler<TRequest, TResponse> : ClientReceiver<TRequest, TResponse>, IClientHandler
{
    private readonly IRequestHandler<TRequest, TResponse> _handler;
    private readonly Func<IClientHandler, Task> _close;

    public ClientHandler(
        MessagePath branch,
        IRequestHandler<TRequest, TResponse> handler,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestHandlerOptions options,
        int maxMessageBytes,
        Func<IClientHandler, RemoteLink, Task> register,
        Func<IClientHandler, Task> close,
        ILogger logger)
        : base(requestType, responseType, maxMessageBytes, logger)
    {
        (_handler, _close, Path, Options) = (handler, close, branch.ToString(), options);
        Registration = new LastingRegistration(link => register(this, link));
    }

    public string Path { get; }

    public RequestHandlerOptions Options { get; }

    public LastingRegistration Registration { get; }

    public ClientReceiver Receiver => this;

    public override void Call(TRequest request, ClientDelivery<TRequest, TResponse> delivery) => _handler.OnRequest(request, delivery, delivery);

    public Task CloseAsync() => _close(this);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    protected override void OnClose() => _handler.OnClose();

    protected override void OnError(ErrorReason reason) => _handler.OnError(reason);
}
