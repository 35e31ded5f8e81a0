using RabbitBridge.Fabric;

namespace RabbitBridge.Calls;

/// <summary>
/// A request that this gateway has sent and that is not answered yet. It ends exactly once: by its answer, its time, its
/// caller's token, the close of its session, or the loss of the gateway that has it.
/// </summary>
internal abstract class PendingCall(PendingCalls table, SessionWork? work, bool mayHaveRun = false) : Expiring, IReplySink
{
    /// <summary>What is said of a request that has waited for a connection for as long as it had.</summary>
    public const string NeverSent = "The request's time was over before it could be sent: its gateway was not connected, or did not know yet who else was.";

    private ICallCarrier? _carrier;
    private int _ended;
    private volatile bool _isHeld;
    private readonly bool _mayHaveRunBefore = mayHaveRun;
    private volatile bool _mayHaveRun = mayHaveRun;

    /// <summary>The number that the table gave the call.</summary>
    public long Id { get; set; }

    /// <summary>That of the session that waits; <see langword="null"/> for a request passed on for somebody else.</summary>
    public SessionWork? Work { get; } = work;

    /// <summary>Who has the request at the moment, so that it can be told when nobody waits any more.</summary>
    public ICallCarrier? Carrier => Volatile.Read(ref _carrier);

    /// <summary>The properties of the sender, from which the branch's wishes are served.</summary>
    public abstract IReadOnlyDictionary<string, string> SenderProperties { get; }

    /// <summary>What <see cref="SenderProperties"/> were picked by, beside their keys; <see langword="null"/> if they are all.</summary>
    public virtual IReadOnlyList<string>? AskedBeside => null;

    /// <summary>Whether the sender's properties that somebody wants are not at hand, though it may have them.</summary>
    public virtual bool Lacks(PropertySelection wanted) => false;

    /// <summary>When the call ends with REQUEST_TIME_OUT, in milliseconds of the gateway's clock; 0 for never.</summary>
    public long Deadline { get; init; }

    /// <summary>Ends the call earlier, where whoever has it may not take as long; set by the table alone.</summary>
    public Expiring? Limit { get; set; }

    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>What is left of the call's time for the envelope; 0 for no limit, at least 1 otherwise.</summary>
    public int Remaining(long now) => Deadline == 0 ? 0 : (int)Math.Max(1, Deadline - now);

    /// <summary>Notes who gets the request, before it is handed over; <see langword="null"/> if nobody can be reached at the moment.</summary>
    /// <returns>Whether it should be handed over: <see langword="false"/> if the call has ended meanwhile.</returns>
    public bool TryCarry(ICallCarrier? carrier)
    {
        _isHeld = carrier is null;
        if (carrier is not null)
            _mayHaveRun = true;
        (carrier as GatewayLink)?.RequestStarted();
        (Interlocked.Exchange(ref _carrier, carrier) as GatewayLink)?.RequestEnded();
        if (!IsEnded)
            return true;
        // The end may have come before the carrier was noted, and then did not release it.
        (Interlocked.Exchange(ref _carrier, null) as GatewayLink)?.RequestEnded();
        return false;
    }

    /// <summary>Whoever was noted last has not got the request: it was not taken, or came back.</summary>
    public void NotHandedOver() => _mayHaveRun = _mayHaveRunBefore;

    /// <summary>Ends the call with its answer.</summary>
    public void Reply(in ResponseEnvelope response)
    {
        if (TryEnd(out _))
            PassOn(response);
        else
            table.CountLateResponse();
    }

    public void Abandoned(long id)
    {
        // This call gave the request up itself.
    }

    public void Fail(ErrorReason reason, string message) => TryFail(reason, message);

    /// <summary>Ends the call with an error, and tells whoever has the request that nobody waits any more.</summary>
    /// <returns>Whether the call was still open.</returns>
    public bool TryFail(ErrorReason reason, string message)
    {
        if (!TryEnd(out var carrier))
            return false;
        // Before anybody hears of it: what they do next must not overtake it.
        carrier?.Cancel(Id);
        PassOn(ResponseEnvelope.Failed(Id, reason, message));
        return true;
    }

    public override void OnExpired()
    {
        // Who reads REQUEST_TIME_OUT takes it that the request may have been executed.
        if (_isHeld && !_mayHaveRun)
            Fail(ErrorReason.CommunicationFailure, NeverSent);
        else
            Fail(ErrorReason.RequestTimeOut, "No response arrived within the request's time.");
    }

    /// <summary>Ends the call without an outcome, and tells whoever has the request that nobody waits any more.</summary>
    /// <returns>Whether the call was still open.</returns>
    protected bool TryCancel()
    {
        if (!TryEnd(out var carrier))
            return false;
        carrier?.Cancel(Id);
        Work?.CallEnded();
        return true;
    }

    /// <summary>Passes the outcome to whoever waits. Called once.</summary>
    protected abstract void OnReply(in ResponseEnvelope response);

    private void PassOn(in ResponseEnvelope response)
    {
        OnReply(response);
        // Not before the outcome is on its way: whoever waits until nothing is under way says the last word then.
        Work?.CallEnded();
    }

    // Takes the right to end the call, and takes it out of the table.
    private bool TryEnd(out ICallCarrier? carrier)
    {
        carrier = null;
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;
        table.Remove(this);
        carrier = Interlocked.Exchange(ref _carrier, null);
        (carrier as GatewayLink)?.RequestEnded();
        return true;
    }
}
