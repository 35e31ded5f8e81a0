using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>The request streams of a remote session. Which there are only the client knows.</summary>
internal class RemoteReceiver(Session session, IRemoteClient client, ILogger logger, Telemetry telemetry)
    : RequestReceiver(session.Work, logger, telemetry)
{
    public Session Session { get; } = session;

    public IRemoteClient Client => client;

    /// <summary>The branch of a handler.</summary>
    public virtual MessagePath? Branch => null;

    public override IncomingRequest Accept(in RequestArrival arrival) => new RemoteDelivery(this, arrival);

    protected override void OnClose()
    {
        // The client closes its handlers and streams itself.
    }
}
