using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Messages;

/// <summary>A receiver that knows the types of its requests and responses.</summary>
internal abstract class RequestReceiver<TRequest, TResponse>(Session session, Target<TRequest, TResponse> target, ILogger logger, Telemetry telemetry)
    : RequestReceiver(session.Work, logger, telemetry)
{
    public Session Session { get; } = session;

    /// <summary>What the application has registered.</summary>
    public Target<TRequest, TResponse> Target => target;

    public override IncomingRequest Accept(in RequestArrival arrival) =>
        new IncomingRequest<TRequest, TResponse>(this, arrival);

    protected override void OnClose() => target.OnClose();
}
