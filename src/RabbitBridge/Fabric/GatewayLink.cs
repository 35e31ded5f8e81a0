
namespace RabbitBridge.Fabric;

/// <summary>
/// The way from this gateway to the inbox of another one, for one epoch of each. What is handed over here is
/// delivered, or reported through <see cref="IFabricEvents"/>; in order, but for a request that was alone on the link, which later ones may overtake.
/// </summary>
internal abstract class GatewayLink(string address) : IReplySink, IFilterSink, ICallCarrier
{
    private long _lastHeard;
    private int _outstanding;
    private int _gone;

    /// <summary>The other gateway's inbox.</summary>
    public string Address { get; } = address;

    /// <summary>The requests that came over this link and are not answered yet.</summary>
    public RequestsInHand Incoming { get; } = new();

    /// <summary>When anything last came from the other side, in milliseconds of the gateway's clock.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>When a probe was sent that is not answered yet; 0 if none is under way. Used by the roster alone.</summary>
    public long ProbedAt { get; set; }

    /// <summary>The requests handed to this link and not answered yet.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Whether the other side, or this side's epoch, is known to be gone.</summary>
    public bool IsGone => Volatile.Read(ref _gone) != 0;

    public void Heard(long now) => Volatile.Write(ref _lastHeard, now);

    public void RequestStarted() => Interlocked.Increment(ref _outstanding);

    public void RequestEnded() => Interlocked.Decrement(ref _outstanding);

    /// <summary>Marks the link as dead.</summary>
    /// <returns>Whether this call was the one that did it.</returns>
    public bool MarkGone() => Interlocked.Exchange(ref _gone, 1) == 0;

    /// <summary>Hands over a request.</summary>
    public abstract HandOver TryRequest(in RequestEnvelope request);

    public abstract void Reply(in ResponseEnvelope response);

    public void Abandoned(long id)
    {
        // The other side gave the request up, or is gone.
    }

    /// <summary>Tells the other side that nobody waits for the answer to a request any more.</summary>
    public void Cancel(long id) => Send(new CancelMessage(id));

    /// <summary>Tells to which sessions of this gateway a filter request of the other side was sent.</summary>
    public void Count(FilterCount count) => Send(count);

    public void AskCredit(long id, int known) => Send(new CreditMessage(id, known, Asks: true));

    /// <summary>Sends anything but a request or a response.</summary>
    public abstract void Send(LinkMessage message);
}
