using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>A session's handler for a branch.</summary>
internal sealed class HandlerRegistration<TRequest, TResponse>(
    Session session,
    MessagePath branch,
    IRequestHandler<TRequest, TResponse> handler,
    DataType<TRequest> requestType,
    DataType<TResponse> responseType,
    RequestHandlerOptions options,
    HandlerDirectory directory,
    ILogger logger,
    Telemetry telemetry)
    : RequestReceiver<TRequest, TResponse>(session, new HandlerTarget<TRequest, TResponse>(handler, requestType, responseType), logger, telemetry), IBranchHandler
{
    public MessagePath Branch { get; } = branch;

    public string Path { get; } = branch.ToString();

    public override string BranchName => Path;

    public PropertySelection Properties { get; } = PropertySelection.Of(options.SessionProperties);

    public override HandlerTurns? Turns { get; } = HandlerTurns.For(options, handler is FunctionRequestHandler<TRequest, TResponse>);

    public override bool Redelivery => options.Redelivery;

    public RequestReceiver Receiver => this;

    public Task CloseAsync() => directory.RemoveAsync(Session, this);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
