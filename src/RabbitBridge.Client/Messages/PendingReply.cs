using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>Something that waits for the gateway.</summary>
internal abstract class PendingReply
{
    public long Id { get; set; }

    /// <summary>The link of the session in which it was asked.</summary>
    public RemoteLink? Link { get; set; }

    /// <summary>When the client gives up itself, in <see cref="Environment.TickCount64"/>; 0 for never.</summary>
    public long Deadline { get; init; }

    /// <summary>How large what was asked is, about.</summary>
    public int Bytes { get; init; }

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
