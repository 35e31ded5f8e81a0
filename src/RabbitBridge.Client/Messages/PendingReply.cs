using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>Something that waits for the gateway.</summary>
internal abstract class PendingReply : Expiring
{
    public long Id { get; set; }

    /// <summary>Where it waits; set by the table alone.</summary>
    public PendingReplies? Table { get; set; }

    /// <summary>The link of the session in which it was asked.</summary>
    public RemoteLink? Link { get; set; }

    /// <summary>When the client gives up itself, in milliseconds of its clock; 0 for never.</summary>
    public long Deadline { get; init; }

    /// <summary>The request as it is measured, if anybody watches.</summary>
    public MessagingOperation? Operation { get; init; }

    /// <summary>How large what was asked is, about.</summary>
    public int Bytes { get; init; }

    public override void OnExpired()
    {
        if (Table?.Remove(this) != true)
            return;
        // Before anybody hears of it: who does may rely on it that the request is not executed any more (D30).
        Withdraw();
        Fail(new RequestTimeOutException("No response arrived within the request's time."));
    }

    /// <summary>Nobody waits any more: what was asked does not go out if it has not yet, and the gateway ends it if it has.</summary>
    public void Withdraw()
    {
        Link?.Withdraw(Id, Bytes);
        Link?.Post(new RemoteMessage(RemoteMessageType.Cancel, Id));
    }

    /// <summary>Takes a message for it.</summary>
    /// <returns>Whether it is over.</returns>
    public abstract bool Take(RemoteMessage message);

    /// <summary>Ends it with an error. A second end changes nothing.</summary>
    public abstract void Fail(MessagingException error);
}
