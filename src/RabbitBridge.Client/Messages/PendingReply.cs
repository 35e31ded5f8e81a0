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

    /// <summary>Takes a message for it.</summary>
    /// <returns>Whether it is over.</returns>
    public abstract bool Take(RemoteMessage message);

    /// <summary>Ends it with an error. A second end changes nothing.</summary>
    public abstract void Fail(MessagingException error);
}
