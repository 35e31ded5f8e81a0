using System.Collections.ObjectModel;
using System.Diagnostics;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.Calls;

/// <summary>
/// A request on its way through a handler or stream of this gateway: it runs on the thread pool, so that no handler holds up
/// the fabric, and ends once, by an answer or because nobody waits any more.
/// </summary>
internal abstract class IncomingRequest : Expiring, IThreadPoolWorkItem, IRequestContext, IFaultResponder, ICallCarrier, IRequestInHand
{
    private const int Open = 0;
    private const int Answered = 1;
    private const int Abandoned = 2;

    private readonly RequestEnvelope _envelope;
    private readonly IReplySink _replyTo;
    private readonly RequestsInHand? _table;
    private readonly TimeoutWheel? _wheel;
    private readonly IReadOnlyDictionary<string, string>? _allProperties;
    private long _deadline;
    private CancellationTokenSource? _cancellation;
    private int _state;

    /// <param name="receiver">Who answers.</param>
    /// <param name="arrival">The request and the way back.</param>
    protected IncomingRequest(RequestReceiver receiver, in RequestArrival arrival)
    {
        Receiver = receiver;
        _envelope = arrival.Request.Persist();
        _replyTo = arrival.ReplyTo;
        _table = arrival.Table;
        _wheel = arrival.Wheel;
        _allProperties = arrival.AllProperties;
    }

    public long Id => _envelope.Id;

    public long OriginId => Id;

    public SessionId SessionId => _envelope.Sender;

    public string Path => _envelope.Path.Value;

    public MessagePath MessagePath => _envelope.Path;

    public IReadOnlyDictionary<string, string> SessionProperties =>
        _envelope.Properties ?? ReadOnlyDictionary<string, string>.Empty;

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

    public RequestReceiver Receiver { get; }

    /// <summary>The time that was left for it when it came, in milliseconds; 0 for no limit.</summary>
    protected int Milliseconds => _envelope.RemainingMilliseconds;

    protected string? TraceParent => _envelope.TraceParent;

    protected string ContentType => _envelope.ContentType;

    protected ReadOnlyMemory<byte> Payload => _envelope.Payload;

    /// <summary>Hands the request to the thread pool.</summary>
    /// <param name="preferLocal">
    /// Whether the thread that brought it runs it next: a caller that is about to await, or a receiver with nothing else in
    /// hand. Otherwise requests are run in order by whichever thread is free.
    /// </param>
    /// <param name="deadline">When to abandon it, if nobody else tells; 0 for never.</param>
    public void Start(bool preferLocal, long deadline)
    {
        Receiver.RequestStarted();
        Receiver.Work.RequestStarted();
        _deadline = deadline;
        _table?.Add(this);
        if (deadline != 0 && _wheel is { } wheel)
        {
            wheel.Add(this, deadline);
            // It could be found, and so be ended, before it was in the wheel.
            if (Volatile.Read(ref _state) != Open)
                wheel.Remove(this);
        }

        Schedule(preferLocal);
    }

    public void Execute()
    {
        if (Volatile.Read(ref _state) != Open)
            return;
        if (_deadline != 0 && Receiver.Work.Now > _deadline)
        {
            Receiver.Telemetry.ExpiredRequest();
            Abandon();
            return;
        }

        using var activity = StartProcess();
        try
        {
            Invoke(activity);
        }
#pragma warning disable CA1031 // Whatever a handler throws is answered, logged and goes no further.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name).SetTag("error.type", exception.GetType().FullName);
            Fail(exception);
        }
    }

    public void Reject(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (TryAnswer())
            SendError(ErrorReason.RejectedRequest, message);
    }

    public void Fail(Exception exception)
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Open) != Open)
        {
            Receiver.HandlerFailedLate(exception, Path);
            return;
        }

        End();
        if (exception is RejectedRequestException rejection)
        {
            SendError(ErrorReason.RejectedRequest, rejection.Message);
            return;
        }

        Receiver.HandlerFailed(exception, Path);
        SendError(ErrorReason.CallbackException, $"The handler for '{Path}' failed.");
    }

    public void Cancel(long id) => Abandon();

    public override void OnExpired() => Abandon();

    /// <summary>Nobody waits any more: the handler's token is cancelled, and an answer that comes still is dropped.</summary>
    public void Abandon()
    {
        if (!TryAbandon())
            return;
        _replyTo.Abandoned(Id);
        _table?.Remove(this);
    }

    /// <summary>The session that should have answered is closed: the sender is told, and an answer that comes still is dropped.</summary>
    public void SessionClosed()
    {
        if (!TryAbandon())
            return;
        SendError(ErrorReason.SessionClosed, $"Session {Receiver.Work.Session}, which had the request to '{Path}', was closed.");
    }

    /// <summary>Takes the request from the one that handles it, for another one to handle it anew.</summary>
    /// <param name="arrival">The request as it came.</param>
    /// <param name="deadline">When to abandon it, if nobody else tells; 0 for never.</param>
    /// <returns>Whether it may be handled again, and was not answered.</returns>
    public bool TryTakeBack(out RequestArrival arrival, out long deadline)
    {
        (arrival, deadline) = (default, _deadline);
        if (!Receiver.Redelivery || !TryAbandon())
            return false;
        _table?.Remove(this);
        arrival = new(_envelope with { Properties = _allProperties ?? _envelope.Properties }, _replyTo, _table, _wheel) { AllProperties = _allProperties };
        return true;
    }

    /// <summary>Has <see cref="Execute"/> called: on the thread pool, because it runs the application's code.</summary>
    protected virtual void Schedule(bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal);

    /// <summary>Starts the span in which the request is handled, if there is one.</summary>
    protected virtual Activity? StartProcess() => Telemetry.StartProcess(_envelope);

    /// <summary>Reads the request and calls the handler.</summary>
    /// <param name="span">The span in which that happens, if somebody listens.</param>
    protected abstract void Invoke(Activity? span);

    /// <summary>Nobody waits for the answer any more.</summary>
    protected virtual void OnAbandoned()
    {
    }

    /// <summary>Takes the right to answer.</summary>
    /// <returns>Whether the answer is to be sent: <see langword="false"/> when nobody waits for it any more.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    protected bool TryAnswer()
    {
        switch (Interlocked.CompareExchange(ref _state, Answered, Open))
        {
            case Open:
                End();
                return true;
            case Abandoned:
                Receiver.Telemetry.LateResponse();
                return false;
            default:
                throw new InvalidOperationException($"The request to '{Path}' was answered already; a responder takes one answer.");
        }
    }

    /// <summary>Sends the answer and leaves the table, in this order: what is not in it is answered, as a fabric may tell who asks.</summary>
    protected void Send(in ResponseEnvelope response)
    {
        _replyTo.Reply(response);
        _table?.Remove(this);
    }

    /// <summary>Takes the right to answer, whatever was answered before.</summary>
    protected bool TryAnswerOnce()
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Open) is var state and not Open)
        {
            if (state == Abandoned)
                Receiver.Telemetry.LateResponse();
            return false;
        }

        End();
        return true;
    }

    /// <summary>Answers with an error if nothing was answered before.</summary>
    protected void Refuse(ErrorReason reason, string message)
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Open) != Open)
            return;
        End();
        SendError(reason, message);
    }

    private void SendError(ErrorReason reason, string message) => Send(ResponseEnvelope.Failed(Id, reason, message));

    private bool TryAbandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Open) != Open)
            return false;
        End();
        if (Volatile.Read(ref _cancellation) is { } cancellation)
            CancelToken(cancellation);
        OnAbandoned();
        return true;
    }

    private void End()
    {
        _wheel?.Remove(this);
        Receiver.RequestEnded();
        Receiver.Work.RequestEnded();
    }

    // Off the fabric's thread: callbacks on the token are the handler's code.
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
                    state.receiver.HandlerFailedLate(exception, state.path);
                }
            },
            (cancellation, receiver: Receiver, path: Path),
            preferLocal: false);
}
