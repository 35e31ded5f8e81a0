using System.Collections.ObjectModel;
using RabbitBridge.Fabric;

namespace RabbitBridge.Calls;

/// <summary>A request on its way through a handler or stream of this gateway.</summary>
internal abstract class IncomingRequest : RequestDelivery, ICallCarrier, IRequestInHand
{
    private readonly RequestEnvelope _envelope;
    private readonly IReplySink _replyTo;
    private readonly RequestsInHand? _table;
    private readonly IReadOnlyDictionary<string, string>? _allProperties;
    private readonly IReadOnlyDictionary<string, string>? _brought;

    /// <param name="receiver">Who answers.</param>
    /// <param name="arrival">The request and the way back.</param>
    protected IncomingRequest(RequestReceiver receiver, in RequestArrival arrival)
        : base(arrival.Wheel)
    {
        Receiver = receiver;
        _envelope = arrival.Request.Persist();
        _replyTo = arrival.ReplyTo;
        _table = arrival.Table;
        _allProperties = arrival.AllProperties;
        _brought = arrival.Brought;
    }

    public long Id => _envelope.Id;

    public long OriginId => Id;

    public override SessionId SessionId => _envelope.Sender;

    public override string Path => _envelope.Path.Value;

    public MessagePath MessagePath => _envelope.Path;

    public override IReadOnlyDictionary<string, string> SessionProperties =>
        _envelope.Properties ?? ReadOnlyDictionary<string, string>.Empty;

    public override RequestReceiver Receiver { get; }

    public override string ContentType => _envelope.ContentType;

    public override ReadOnlyMemory<byte> Payload => _envelope.Payload;

    public override int MaxAnswerBytes => Receiver.Work.MaxMessageBytes;

    protected override long Now => Receiver.Work.Now;

    /// <summary>The time that was left for it when it came, in milliseconds; 0 for no limit.</summary>
    protected int Milliseconds => _envelope.RemainingMilliseconds;

    protected string? TraceParent => _envelope.TraceParent;

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
        Deadline = deadline;
        _table?.Add(this);
        EndInTime();
        Schedule(preferLocal);
    }

    public void Cancel(long id) => Abandon();

    public override void Abandon()
    {
        if (!TryAbandon())
            return;
        _replyTo.Abandoned(Id);
        _table?.Remove(this);
    }

    /// <summary>The session that should have answered is closed: the sender is told, and an answer that comes still is dropped.</summary>
    public void SessionClosed()
    {
        if (TryAbandon(ErrorReason.SessionClosed))
            Reply(ResponseEnvelope.Failed(Id, ErrorReason.SessionClosed, $"Session {Receiver.Work.Session}, which had the request to '{Path}', was closed."));
    }

    /// <summary>Takes the request from the one that handles it, for another one to handle it anew.</summary>
    /// <param name="arrival">The request as it came.</param>
    /// <param name="deadline">When to abandon it, if nobody else tells; 0 for never.</param>
    /// <returns>Whether it may be handled again, and was not answered.</returns>
    public bool TryTakeBack(out RequestArrival arrival, out long deadline)
    {
        (arrival, deadline) = (default, Deadline);
        if (!Receiver.Redelivery || !TryAbandon(ErrorReason.SessionClosed))
            return false;
        _table?.Remove(this);
        arrival = new(_envelope with { Properties = _brought }, _replyTo, _table, Wheel) { AllProperties = _allProperties };
        return true;
    }

    public override void Send(in EncodedValue answer) =>
        Send(new ResponseEnvelope { Id = Id, ContentType = answer.ContentType, Payload = answer.Bytes, IsTransient = answer.IsTransient });

    /// <summary>Has <see cref="RequestDelivery.Execute"/> called: on the thread pool, because it runs the application's code.</summary>
    protected virtual void Schedule(bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal);

    protected override MessagingOperation? StartProcess() => Receiver.Telemetry.StartProcess(Path, Receiver.BranchName, TraceParent);

    /// <summary>Sends the answer. Called once, by whoever has taken the right to.</summary>
    protected void Send(in ResponseEnvelope response)
    {
        Reply(response);
        // Not before the answer is on its way: whoever waits until nothing is in hand says the last word then.
        Receiver.Work.RequestEnded();
    }

    protected override void SendError(ErrorReason reason, string message) => Send(ResponseEnvelope.Failed(Id, reason, message));

    protected override void OnAbandoned() => Receiver.Work.RequestEnded();

    protected override void OnEnded() => Receiver.RequestEnded();

    protected override void OnExpiredBefore() => Receiver.Telemetry.ExpiredRequest();

    protected override void OnLate() => Receiver.Telemetry.LateResponse();

    // In this order: what is not in the table is answered, as a fabric may tell who asks.
    private void Reply(in ResponseEnvelope response)
    {
        _replyTo.Reply(response);
        _table?.Remove(this);
    }
}
