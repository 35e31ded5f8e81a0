using System.Diagnostics;

namespace RabbitBridge;

/// <summary>
/// A request on its way through a handler or stream: it runs on the thread pool, so that no handler holds up whoever brought it, is not begun when its time is over, and
/// ends once, by an answer or because nobody waits any more. The same for sessions in a gateway and for those of a client.
/// </summary>
/// <param name="wheel">Ends the request when its time is over; <see langword="null"/> if others see to that.</param>
internal abstract class RequestDelivery(TimeoutWheel? wheel) : Expiring, IThreadPoolWorkItem, IRequestContext, IFaultResponder
{
    private const int Open = 0;
    private const int Answered = 1;
    private const int Abandoned = 2;

    private CancellationTokenSource? _cancellation;
    private MessagingOperation? _process;
    private int _state;
    private volatile bool _isOver;
    private volatile string? _endedBy;
    private bool _hasTurn;
    private bool _hasWaited;
    private LinkedListNode<RequestDelivery>? _place;

    public abstract SessionId SessionId { get; }

    public abstract string Path { get; }

    public abstract IReadOnlyDictionary<string, string> SessionProperties { get; }

    public CancellationToken CancellationToken
    {
        get
        {
            var mine = Volatile.Read(ref _cancellation);
            if (mine is null)
            {
                if (Volatile.Read(ref _state) == Abandoned)
                    return new CancellationToken(canceled: true);
                var made = new CancellationTokenSource();
                mine = Interlocked.CompareExchange(ref _cancellation, made, null) ?? made;
                if (Volatile.Read(ref _state) == Abandoned)
                    CancelToken(mine);
            }

            return mine.Token;
        }
    }

    /// <summary>Who answers.</summary>
    public abstract Receiver Receiver { get; }

    public abstract string ContentType { get; }

    public abstract ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The largest answer, in bytes.</summary>
    public abstract int MaxAnswerBytes { get; }

    /// <summary>Ends it at its time, where others do not see to that.</summary>
    protected TimeoutWheel? Wheel { get; } = wheel;

    /// <summary>When to abandon it; 0 for never.</summary>
    protected long Deadline { get; set; }

    /// <summary>The time, by the clock of <see cref="Deadline"/>.</summary>
    protected abstract long Now { get; }

    /// <summary>Whether it is neither answered nor abandoned.</summary>
    public bool IsOpen => Volatile.Read(ref _state) == Open;

    /// <summary>Whether it waits for its turn.</summary>
    public bool IsWaiting => Volatile.Read(ref _place)?.List is not null;

    public void Execute()
    {
        try
        {
            Begin();
        }
        finally
        {
            if (_hasWaited)
                Receiver.Turns!.Begun();
        }
    }

    public void Reject(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (TryAnswer(ErrorNames.Of(ErrorReason.RejectedRequest)))
            SendError(ErrorReason.RejectedRequest, message);
    }

    public void Fail(Exception exception)
    {
        if (!TryEnd(Answered, ErrorNames.OfThrown(exception)))
        {
            EndTurn();
            Receiver.HandlerFailedLate(exception, Path);
            return;
        }

        if (exception is RejectedRequestException rejection)
        {
            SendError(ErrorReason.RejectedRequest, rejection.Message);
            return;
        }

        Receiver.HandlerFailed(exception, Path);
        SendError(ErrorReason.CallbackException, $"The handler for '{Path}' failed.");
    }

    public override void OnExpired()
    {
        if (IsWaiting)
            OnExpiredBefore();
        _isOver = true;
        Abandon();
    }

    /// <summary>Nobody waits any more: the handler's token is cancelled, and an answer that comes still is dropped.</summary>
    public abstract void Abandon();

    /// <summary>Takes the right to answer.</summary>
    /// <returns>Whether the answer is to be sent: <see langword="false"/> when nobody waits for it any more.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    public bool TryAnswer() => TryAnswer(error: null);

    /// <summary>Answers with an error if nothing was answered before.</summary>
    public void Refuse(ErrorReason reason, string message)
    {
        if (TryEnd(Answered, ErrorNames.Of(reason)))
            SendError(reason, message);
        else
            EndTurn();
    }

    /// <summary>Its turn has come, by the end of another one.</summary>
    public void BeginTurn()
    {
        _hasWaited = true;
        Volatile.Write(ref _hasTurn, true);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Sends the answer. Called once, by whoever has taken the right to.</summary>
    public abstract void Send(in EncodedValue answer);

    /// <summary>Has it end at its deadline, if it has one. It may have ended already: it is found by others first.</summary>
    protected void EndInTime()
    {
        if (Deadline == 0 || Wheel is null)
            return;
        Wheel.Add(this, Deadline);
        if (Volatile.Read(ref _state) != Open)
            Wheel.Remove(this);
    }

    /// <summary>Takes the right to answer, whatever was answered before.</summary>
    protected bool TryAnswerOnce()
    {
        if (TryEnd(Answered, error: null))
            return true;
        if (Volatile.Read(ref _state) == Abandoned)
            OnLate();
        return false;
    }

    /// <summary>Ends it without an answer.</summary>
    /// <param name="reason">Why; <see langword="null"/> if its time is over, or nobody waits any more.</param>
    /// <returns>Whether it had not ended.</returns>
    protected bool TryAbandon(ErrorReason? reason = null)
    {
        if (!TryEnd(Abandoned, (reason ?? (_isOver ? ErrorReason.RequestTimeOut : null)) is { } why ? ErrorNames.Of(why) : ErrorNames.Cancelled))
            return false;
        if (Volatile.Read(ref _cancellation) is { } cancellation)
            CancelToken(cancellation);
        OnAbandoned();
        return true;
    }

    /// <summary>Sends an error in place of an answer.</summary>
    protected abstract void SendError(ErrorReason reason, string message);

    /// <summary>Has the handling of the request watched; <see langword="null"/> if nobody watches.</summary>
    protected abstract MessagingOperation? StartProcess();

    /// <summary>Reads the request and calls the handler.</summary>
    /// <param name="span">The span in which that happens, if somebody listens.</param>
    protected abstract void Invoke(Activity? span);

    /// <summary>It has ended, however, and is in nobody's hand any more.</summary>
    protected abstract void OnEnded();

    /// <summary>Its time was over before it could be begun.</summary>
    protected virtual void OnExpiredBefore()
    {
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    protected virtual void OnAbandoned()
    {
    }

    /// <summary>It is answered though nobody waits any more.</summary>
    protected virtual void OnLate()
    {
    }

    private void Begin()
    {
        if (!IsOpen)
        {
            EndTurn();
            return;
        }

        if (Deadline != 0 && Now > Deadline)
        {
            OnExpiredBefore();
            OnExpired();
            EndTurn();
            return;
        }

        if (Receiver.Turns is { } turns && !Volatile.Read(ref _hasTurn))
        {
            var place = new LinkedListNode<RequestDelivery>(this);
            Volatile.Write(ref _place, place);
            if (!turns.TryTake(this, place))
            {
                // Its sender may have given it up before it had the place.
                if (!IsOpen)
                    turns.Leave(place);
                return;
            }

            // With a fence: its sender may give it up before the turn is noted.
            Interlocked.Exchange(ref _hasTurn, true);
            if (!IsOpen)
            {
                EndTurn();
                return;
            }
        }

        var outer = Activity.Current;
        var process = StartProcess();
        if (process is not null)
        {
            Interlocked.Exchange(ref _process, process);
            // Who has ended it meanwhile did not see what to end.
            if (!IsOpen)
                process.End(_endedBy ?? ErrorNames.Cancelled);
        }

        try
        {
            Invoke(process?.Span);
        }
#pragma warning disable CA1031 // Whatever a handler throws is answered, logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }

        // The span is the handler's, which may go on, and not that of who comes next on this thread. What has ended .NET does not let be current again.
        if (Activity.Current != outer)
            Activity.Current = outer is { IsStopped: true } ? null : outer;
    }

    private bool TryAnswer(string? error)
    {
        if (TryEnd(Answered, error))
            return true;
        if (Volatile.Read(ref _state) == Answered)
            throw new InvalidOperationException($"The request to '{Path}' was answered already; a responder takes one answer.");
        EndTurn();
        OnLate();
        return false;
    }

    private bool TryEnd(int state, string? error)
    {
        if (Interlocked.CompareExchange(ref _state, state, Open) != Open)
            return false;
        _endedBy = error;
        Volatile.Read(ref _process)?.End(error);
        Wheel?.Remove(this);
        OnEnded();
        if (Receiver.Turns is { } turns)
        {
            if (Volatile.Read(ref _place) is { } place)
                turns.Leave(place);
            if (state == Answered || !turns.EndsWithFunction)
                EndTurn();
        }

        return true;
    }

    private void EndTurn()
    {
        if (Interlocked.Exchange(ref _hasTurn, false))
            Receiver.Turns!.End();
    }

    // Off the thread that tells it: callbacks on the token are the handler's code.
    private void CancelToken(CancellationTokenSource cancellation) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                try
                {
                    state.cancellation.Cancel();
                }
#pragma warning disable CA1031 // Callbacks on a handler's token are the handler's code.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    state.delivery.Receiver.HandlerFailedLate(exception, state.delivery.Path);
                }
            },
            (cancellation, delivery: this),
            preferLocal: false);
}
