using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>
/// The way to one gateway's inbox. Messages are written into a frame; it is published as soon as fewer than so many frames
/// await their confirm, and takes in what comes until then: an idle link sends at once, a busy one gathers.
/// </summary>
internal sealed class RabbitMqLink : GatewayLink, IOutboundSource
{
    // A frame that has grown this large waits for nothing more.
    private const int FullFrameBytes = 128 * 1024;

    // A response that the requester's inbox refuses is offered again on every tick for about five seconds.
    private const int MaxRetries = 20;

    // Long enough for nearly every answer, and short for whoever waits for one that is lost.
    private const int InquireAfterMilliseconds = 500;

    private readonly Epoch _epoch;
    private readonly Publisher _publisher;
    private readonly int _framesInFlight;
    private readonly LinkBudget _budget;
    private readonly Lock _gate = new();
    private readonly Queue<FrameBuffer> _full = new();
    private readonly Queue<(ResponseEnvelope Response, int Attempt)> _refused = new();
    private FrameBuffer? _filling;
    private int _unconfirmed;
    private long _loneRequest;
    private long _loneRequestAt;
    private long _loneArrival;
    private long _uncertainAnswer;
    private bool _mustTellAgain;
    private bool _isScheduled;
    private bool _isReading;
    private bool _isClosed;

    public RabbitMqLink(Epoch epoch, Publisher publisher, string address, int framesInFlight)
        : base(address)
    {
        (_epoch, _publisher, _framesInFlight, _budget) = (epoch, publisher, framesInFlight, new LinkBudget(publisher.Budget));
        Inbound = new InboundFrames(this, epoch);
    }

    /// <summary>Takes the messages that come from the other side.</summary>
    public InboundFrames Inbound { get; }

    /// <summary>Whether something waits to be published or confirmed.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
                return !IsGone && (_unconfirmed > 0 || _filling is not null || _full.Count > 0);
        }
    }

    public override HandOver TryRequest(in RequestEnvelope request)
    {
        if (_epoch.IsBlocked)
            return HandOver.Blocked;
        lock (_gate)
        {
            if (_isClosed || IsGone)
                return HandOver.Down;
            if (!_budget.TryTake(request.Payload.Length))
                return HandOver.Full;
            var frame = Filling();
            frame.Charge += request.Payload.Length;
            // What is left of its time counts from when the frame was begun.
            if (request.RemainingMilliseconds > 0 && Environment.TickCount64 - frame.BeganAt is var since and > 0)
                FrameWriter.Write(frame, request with { RemainingMilliseconds = (int)Math.Min(request.RemainingMilliseconds + since, int.MaxValue) });
            else
                FrameWriter.Write(frame, request);
            // What is for the gateway itself stays in order.
            frame.LoneId = request is { Filter: null, Target: not { Session: 0 } } ? request.Id : 0;
            if (!ShouldSchedule())
                return HandOver.Taken;
        }

        // With others under way, the callers that were answered together get to send again before the frame goes.
        _publisher.Schedule(this, inline: Outstanding <= 1);
        return HandOver.Taken;
    }

    public override void Reply(in ResponseEnvelope response)
    {
        lock (_gate)
        {
            if (_isClosed || IsGone)
            {
                _epoch.Telemetry.UndeliveredResponses(1);
                return;
            }

            var isTaken = _budget.TryTake(response.Payload.Length);
            var frame = Filling();
            if (isTaken)
                frame.Charge += response.Payload.Length;
            FrameWriter.Write(frame, isTaken ? response : ResponseEnvelope.Failed(response.Id, ErrorReason.Overloaded, HandOver.Full.Overload()!) with { Session = response.Session });
            // Whose request was confirmed does not ask after its answer, which is confirmed then too.
            frame.LoneId = response.Id == _loneArrival ? response.Id : 0;
            if (_isReading || !ShouldSchedule())
                return;
        }

        // With others in hand, the handlers that were called together get to answer before the frame goes.
        _publisher.Schedule(this, inline: Incoming.Count <= 1 && response.Session is null);
    }

    public override void Send(LinkMessage message)
    {
        if (message is CancelMessage cancel)
            LoneRequestEnded(cancel.Id);
        lock (_gate)
        {
            if (_isClosed || IsGone)
                return;
            FrameWriter.Write(Filling(), message);
            if (!ShouldSchedule())
                return;
        }

        _publisher.Schedule(this, inline: false);
    }

    /// <summary>Takes nothing more: the epoch is over, or the other end lost. Requests that were not sent yet may go another way.</summary>
    public void Close()
    {
        // First: whoever finds it closed looks for another way, and must not find it again.
        MarkGone();
        FrameBuffer[] unsent;
        lock (_gate)
        {
            _isClosed = true;
            unsent = _filling is null ? [.. _full] : [.. _full, _filling];
            _full.Clear();
            _filling = null;
        }

        foreach (var frame in unsent)
        {
            new UndeliveredFrame(this, _epoch, PublishOutcome.Returned, attempt: 0).Read(frame.Bytes);
            GiveBack(frame.Charge);
            frame.Return();
        }
    }

    public Outbound? Next()
    {
        lock (_gate)
        {
            _isScheduled = false;
            if (!_full.TryDequeue(out var frame))
                (frame, _filling) = (_filling, null);
            if (frame is null)
                return null;
            if (frame.BeganAt != 0)
                FrameWriter.Send(frame, Environment.TickCount64);
            if (IsLone(frame))
                return Lone(frame);
            _unconfirmed++;
            // What lies behind a full frame may be due as well.
            if (ShouldSchedule())
                _publisher.Schedule(this, inline: false);
            _epoch.Telemetry.FrameSent(frame.Items);
            return new OutboundFrame(this, _epoch, frame);
        }
    }

    /// <summary>The other side's inbox has refused session events: it is told of all sessions again, by and by.</summary>
    public void TellAgain() => Volatile.Write(ref _mustTellAgain, true);

    /// <summary>Tells of all sessions again if some of it was refused. Called at intervals.</summary>
    public void TellRefused()
    {
        if (Interlocked.Exchange(ref _mustTellAgain, false) && !IsGone)
            _epoch.Events.OnMessage(this, new ListenMessage(IsOn: true));
    }

    /// <summary>A frame is being read: what is answered meanwhile, as project messages are, goes together.</summary>
    public void ReadingBegins()
    {
        lock (_gate)
            _isReading = true;
    }

    public void ReadingEnds()
    {
        lock (_gate)
        {
            _isReading = false;
            if (_isClosed || IsGone || !ShouldSchedule())
                return;
        }

        _publisher.Schedule(this, inline: true);
    }

    /// <summary>A request has come that was published without a confirm: its answer may be, too.</summary>
    public void LoneRequestArrived(long id)
    {
        lock (_gate)
            _loneArrival = id;
    }

    /// <summary>Nobody waits any more for the answer to a request, which may be the lone one.</summary>
    public void LoneRequestEnded(long id) => Interlocked.CompareExchange(ref _loneRequest, 0, id);

    /// <summary>
    /// Asks after the lone request if its answer stays away: without a confirm, a full inbox drops it, or its answer, without a word. The question goes the way of
    /// the request: a busy broker works at its channels in any order, and another one's message may overtake it.
    /// </summary>
    public void Inquire(long now)
    {
        var id = Volatile.Read(ref _loneRequest);
        lock (_gate)
        {
            // While the broker takes nothing, nobody can answer either, and they would only pile up.
            if (id == 0 || _epoch.IsBlocked || now - _loneRequestAt < InquireAfterMilliseconds)
                return;
            _loneRequestAt = now;
        }

        SendLone(static (frame, id) => FrameWriter.Write(frame, new InquiryMessage(id)), id);
    }

    /// <summary>The other side asks after a lone request of its own, which this gateway does not have in hand: it never came, or is answered.</summary>
    public void AnswerInquiry(long id)
    {
        lock (_gate)
        {
            // Its answer is confirmed, and offered again if it is refused.
            if (_loneArrival == id && _uncertainAnswer != id)
                return;
        }

        // The way of the answer, so that it comes after it.
        SendLone(
            static (frame, id) => FrameWriter.Write(
                frame, ResponseEnvelope.Failed(id, ErrorReason.CommunicationFailure, "The request or its answer was lost in a full inbox; whether it was executed is not known.")),
            id);
    }

    /// <summary>The broker has returned a lone frame.</summary>
    public void OnLoneReturned(ReadOnlyMemory<byte> frame)
    {
        MarkGone();
        new UndeliveredFrame(this, _epoch, PublishOutcome.Returned, attempt: 0).Read(frame);
        bool isGone;
        lock (_gate)
            isGone = _unconfirmed == 0;
        if (isGone)
            _epoch.Events.OnGone(this);
    }

    /// <summary>The broker has dealt with a frame.</summary>
    /// <param name="charge">What was taken for it from the budget.</param>
    public void OnSettled(int charge)
    {
        bool schedule, isGone;
        lock (_gate)
        {
            _budget.GiveBack(charge);
            _unconfirmed--;
            schedule = ShouldSchedule();
            isGone = IsGone && _unconfirmed == 0;
        }

        if (schedule)
            _publisher.Schedule(this, inline: false);
        // Only now has every frame that nobody took been dealt with; what is still unanswered was taken.
        if (isGone)
            _epoch.Events.OnGone(this);
    }

    /// <summary>Gives back what was taken for values that are held no longer.</summary>
    public void GiveBack(int charge)
    {
        lock (_gate)
            _budget.GiveBack(charge);
    }

    /// <summary>Keeps a response that the other side's inbox has refused, to offer it again.</summary>
    public void Retry(in ResponseEnvelope response, int attempt)
    {
        if (attempt >= MaxRetries)
        {
            lock (_gate)
            {
                if (_loneArrival == response.Id)
                    _uncertainAnswer = response.Id;
            }

            _epoch.ResponsesLost(1, "the requester's inbox is full");
            if (response.Session is not null)
                _epoch.Events.OnFilterAnswered(this, response.Id);
            return;
        }

        lock (_gate)
            _refused.Enqueue((response.Persist(), attempt));
    }

    public void OfferRefused()
    {
        lock (_gate)
        {
            if (_refused.Count == 0 || _isClosed || IsGone)
                return;
            // Not all in one: what a broker does not take for its size (16 MiB) costs the channel (D16).
            FrameBuffer? frame = null;
            while (_refused.TryDequeue(out var refused))
            {
                frame ??= FrameBuffer.Take();
                FrameWriter.Write(frame, refused.Response);
                frame.Attempt = Math.Max(frame.Attempt, refused.Attempt + 1);
                if (frame.Bytes.Length < FullFrameBytes && _refused.Count > 0)
                    continue;
                _full.Enqueue(frame);
                frame = null;
            }

            if (!ShouldSchedule())
                return;
        }

        _publisher.Schedule(this, inline: false);
    }

    // Nothing else is under way on the link, so that no later frame can come before this one.
    private bool IsLone(FrameBuffer frame) =>
        frame is { Items: 1, LoneId: not 0 } && _unconfirmed == 0 && _full.Count == 0 && (frame.Responses == 1 || Outstanding <= 1);

    private LoneFrame Lone(FrameBuffer frame)
    {
        if (frame.Responses == 0)
        {
            _loneRequestAt = _epoch.Clock.Now;
            Volatile.Write(ref _loneRequest, frame.LoneId);
        }
        else
        {
            _uncertainAnswer = frame.LoneId;
        }

        _epoch.Telemetry.FrameSent(frame.Items);
        return new LoneFrame(this, _epoch, frame);
    }

    private void SendLone(Action<FrameBuffer, long> write, long id)
    {
        if (_isClosed || IsGone)
            return;
        var frame = FrameBuffer.Take();
        write(frame, id);
        _epoch.Telemetry.FrameSent(frame.Items);
        _publisher.Schedule(new LoneFrame(this, _epoch, frame), inline: false);
    }

    private FrameBuffer Filling()
    {
        if (_filling is { } frame && frame.Bytes.Length >= FullFrameBytes)
        {
            _full.Enqueue(frame);
            _filling = null;
        }

        if (_filling is null)
        {
            _filling = FrameBuffer.Take();
            // Not the gateway's clock: it is read for each request, and a coarse one will do.
            FrameWriter.Begin(_filling, Environment.TickCount64);
        }

        return _filling;
    }

    private bool ShouldSchedule()
    {
        if (_isScheduled || (_filling is null && _full.Count == 0) || _unconfirmed >= _framesInFlight)
            return false;
        _isScheduled = true;
        return true;
    }
}
