using RabbitBridge.Fabric;

namespace RabbitBridge.Remote;

/// <summary>The client of a session whose application lives elsewhere, as the engine sees it. Nothing here may wait.</summary>
internal interface IRemoteClient
{
    /// <summary>Gives a request to the client; its answer comes back through <see cref="RemoteDelivery.Answer"/> or <see cref="RemoteDelivery.Fail"/>.</summary>
    void Deliver(RemoteDelivery delivery);

    /// <summary>Nobody waits for the answer any more.</summary>
    void Abandoned(RemoteDelivery delivery);

    /// <summary>The outcome of a request of the client's.</summary>
    void Reply(long id, in ResponseEnvelope response);

    /// <summary>A session's answer to a filter request of the client's.</summary>
    void ReplyOf(long id, SessionId session, in ResponseEnvelope response);

    /// <summary>No more answers may be sent: the client is to tell how many it has taken up.</summary>
    void AskCredit(long id);

    /// <summary>To how many sessions a filter request of the client's was sent.</summary>
    void Count(long id, int sessions);
}
