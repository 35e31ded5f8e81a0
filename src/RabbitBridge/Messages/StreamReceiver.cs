using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>A session's request stream at one path.</summary>
internal sealed class StreamReceiver<TRequest, TResponse>(
    Session session,
    IRequestStream<TRequest, TResponse> stream,
    DataType<TRequest> requestType,
    DataType<TResponse> responseType,
    ILogger logger,
    Telemetry telemetry)
    : RequestReceiver<TRequest, TResponse>(session, new StreamTarget<TRequest, TResponse>(stream, requestType, responseType), logger, telemetry), IStreamReceiver
{
    public IRequestStream Stream => stream;

    public RequestReceiver Receiver => this;
}
