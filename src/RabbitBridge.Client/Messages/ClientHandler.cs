using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>A handler for a branch, and how it is registered again at another gateway.</summary>
internal sealed class ClientHandler<TRequest, TResponse> : ClientReceiver<TRequest, TResponse>, IClientHandler
{
    private readonly Func<IClientHandler, Task> _close;

    public ClientHandler(
        MessagePath branch,
        IRequestHandler<TRequest, TResponse> handler,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestHandlerOptions options,
        Func<IClientHandler, RemoteLink, Task> register,
        Func<IClientHandler, Task> close,
        ClientWork work,
        ILogger logger)
        : base(new HandlerTarget<TRequest, TResponse>(handler, requestType, responseType), work, logger)
    {
        (_close, Path, Options) = (close, branch.ToString(), options);
        Turns = HandlerTurns.For(options, handler is FunctionRequestHandler<TRequest, TResponse>);
        Registration = new LastingRegistration(link => register(this, link));
    }

    public string Path { get; }

    public RequestHandlerOptions Options { get; }

    public override HandlerTurns? Turns { get; }

    public LastingRegistration Registration { get; }

    public ClientReceiver Receiver => this;

    public Task CloseAsync() => _close(this);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
