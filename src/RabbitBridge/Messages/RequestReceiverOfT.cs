using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>A receiver that knows the types of its requests and responses.</summary>
internal abstract class RequestReceiver<TRequest, TResponse>(
    Session session, DataType<TRequest> requestType, DataType<TResponse> responseType, ILogger logger, Telemetry telemetry)
    : RequestReceiver(session.Work, logger, telemetry)
{
    public Session Session { get; } = session;

    public DataType<TRequest> RequestType { get; } = requestType;

    public DataType<TResponse> ResponseType { get; } = responseType;

    public override IncomingRequest Accept(in RequestArrival arrival) =>
        new IncomingRequest<TRequest, TResponse>(this, arrival);

    public abstract void Call(TRequest request, IncomingRequest<TRequest, TResponse> incoming);

    public void ReportError(ErrorReason reason) => CallBack(() => OnError(reason));

    protected abstract void OnError(ErrorReason reason);
}
