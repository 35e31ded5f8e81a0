using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.RabbitMq.Publishing;

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

    private readonly Epoch _epoch;
    private readonly int _framesInFlight;
    private readonly Lock _gate = new();
    private readonly Queue<FrameBuffer> _full = new();
    private readonly Queue<(ResponseEnvelope Response, int Attempt)> _refused = new();
    private FrameBuffer? _filling;
    private int _unconfirmed;
    private bool _isScheduled;
    private bool _isClosed;

    public RabbitMqLink(Epoch epoch, string address, int framesInFlight)
        : base(address)
    {
        (_epoch, _framesInFlight) = (epoch, framesInFlight);
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

    public override bool TryRequest(in RequestEnvelope request)
    {
        lock (_gate)
        {
            if (_isClosed || IsGone)
                return false;
            FrameWriter.Write(Filling(), request);
            if (!ShouldSchedule())
                return true;
        }

        // With others under way, the callers that were answered together get to send again before the frame goes.
        _epoch.Publisher.Schedule(this, inline: Outstanding <= 1);
        return true;
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

            FrameWriter.Write(Filling(), response);
            if (!ShouldSchedule())
                return;
        }

        // With others in hand, the handlers that were called together get to answer before the frame goes.
        _epoch.Publisher.Schedule(this, inline: Incoming.Count == 0);
    }

    public override void Cancel(long id)
    {
        lock (_gate)
        {
            if (_isClosed || IsGone)
                return;
            FrameWriter.WriteCancel(Filling(), id);
            if (!ShouldSchedule())
                return;
        }

        _epoch.Publisher.Schedule(this, inline: false);
    }

    public override void Send(PresenceMessage message)
    {
        lock (_gate)
        {
            if (_isClosed || IsGone)
                return;
            FrameWriter.Write(Filling(), message);
            if (!ShouldSchedule())
                return;
        }

        _epoch.Publisher.Schedule(this, inline: false);
    }

    /// <summary>Takes nothing more: the epoch is over.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
        MarkGone();
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
            _unconfirmed++;
            // What lies behind a full frame may be due as well.
            if (ShouldSchedule())
                _epoch.Publisher.Schedule(this, inline: false);
            _epoch.Telemetry.FrameSent(frame.Items);
            return new OutboundFrame(this, _epoch, frame);
        }
    }

    /// <summary>The broker has dealt with a frame.</summary>
    public void OnSettled()
    {
        bool schedule, isGone;
        lock (_gate)
        {
            _unconfirmed--;
            schedule = ShouldSchedule();
            isGone = IsGone && _unconfirmed == 0;
        }

        if (schedule)
            _epoch.Publisher.Schedule(this, inline: false);
        // Only now has every frame that nobody took been dealt with; what is still unanswered was taken.
        if (isGone)
            _epoch.Events.OnGone(this);
    }

    /// <summary>Keeps a response that the other side's inbox has refused, to offer it again.</summary>
    public void Retry(in ResponseEnvelope response, int attempt)
    {
        if (attempt >= MaxRetries)
        {
            _epoch.ResponsesLost(1, "the requester's inbox is full");
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
            var frame = FrameBuffer.Take();
            while (_refused.TryDequeue(out var refused))
            {
                FrameWriter.Write(frame, refused.Response);
                frame.Attempt = Math.Max(frame.Attempt, refused.Attempt + 1);
            }

            _full.Enqueue(frame);
            if (!ShouldSchedule())
                return;
        }

        _epoch.Publisher.Schedule(this, inline: false);
    }

    private FrameBuffer Filling()
    {
        if (_filling is { } frame && frame.Bytes.Length >= FullFrameBytes)
        {
            _full.Enqueue(frame);
            _filling = null;
        }

        return _filling ??= FrameBuffer.Take();
    }

    private bool ShouldSchedule()
    {
        if (_isScheduled || (_filling is null && _full.Count == 0) || _unconfirmed >= _framesInFlight)
            return false;
        _isScheduled = true;
        return true;
    }
}
