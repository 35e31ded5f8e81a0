using RabbitBridge.Calls;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Remote;

/// <summary>A request of a remote session's client.</summary>
internal sealed class RemoteCall(PendingCalls table, Session session, IRemoteClient client, long clientId, Action<RemoteCall> ended)
    : PendingCall(table, session.Work)
{
    public long ClientId => clientId;

    /// <summary>What is charged for the request.</summary>
    public int Bytes { get; init; }

    /// <summary>The call as it is measured, if anybody watches.</summary>
    public MessagingOperation? Operation { get; init; }

    public override IReadOnlyDictionary<string, string> SenderProperties => session.Properties;

    /// <summary>The client does not wait any more.</summary>
    public void Cancel()
    {
        if (!TryCancel())
            return;
        ended(this);
        Operation?.Cancelled();
    }

    protected override void OnReply(in ResponseEnvelope response)
    {
        ended(this);
        Operation?.End(response.Error);
        client.Reply(clientId, response);
    }
}
