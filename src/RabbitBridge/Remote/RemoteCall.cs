using System.Diagnostics;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>A request of a remote session's client.</summary>
internal sealed class RemoteCall(PendingCalls table, Session session, IRemoteClient client, long clientId, Action<RemoteCall> ended)
    : PendingCall(table, session.Work)
{
    public long ClientId => clientId;

    public required CallMeasurement Measurement { get; init; }

    /// <summary>The span of the call, if somebody listens.</summary>
    public Activity? Activity { get; init; }

    public override IReadOnlyDictionary<string, string> SenderProperties => session.Properties;

    /// <summary>The client does not wait any more.</summary>
    public void Cancel()
    {
        if (!TryEnd(out var carrier))
            return;
        ended(this);
        Measurement.Cancelled(Activity);
        carrier?.Cancel(Id);
    }

    protected override void OnReply(in ResponseEnvelope response)
    {
        ended(this);
        Measurement.End(response.Error, Activity);
        client.Reply(clientId, response);
    }
}
