using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// A filter request that a session of this gateway has sent. Every gateway concerned tells its sessions once; each session's outcome
/// is delivered once; then, or when the time is over, the call ends.
/// </summary>
internal abstract class FilterCall(FilterCalls table, Session session, long deadline) : Expiring, IFilterSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, FilterPart> _parts = [];
    private int _count;
    private bool _isRouted;
    private bool _isCountKnown;
    private bool _isEnded;
    private MessagingException? _countError;

    public required long Id { get; init; }

    public Session Session => session;

    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>When the call ends, in milliseconds of the gateway's clock; 0 for never.</summary>
    public long Deadline => deadline;

    /// <summary>The request as it goes to other gateways.</summary>
    public required RequestEnvelope Request { get; init; }

    /// <summary>The request as it is measured, if anybody watches.</summary>
    public MessagingOperation? Operation { get; init; }

    /// <summary>Notes a gateway that will tell its sessions. All are noted before <see cref="Routed"/>.</summary>
    public void Expect(ulong gateway, GatewayLink? link, long now)
    {
        lock (_gate)
            _parts.TryAdd(gateway, new FilterPart(link) { AskedAt = now });
    }

    /// <summary>No more gateways are expected.</summary>
    public void Routed()
    {
        lock (_gate)
        {
            _isRouted = true;
            EndIfComplete();
        }
    }

    public void Count(FilterCount count) => Count(from: null, count);

    /// <param name="from">Who tells it; <see langword="null"/> for this gateway itself.</param>
    /// <param name="count">What it tells.</param>
    /// <returns><see langword="false"/> if it speaks for another gateway.</returns>
    public bool Count(GatewayLink? from, FilterCount count)
    {
        lock (_gate)
        {
            if (_isEnded)
                return true;
            // One that was not expected has had sessions with the properties for a moment only, and counts as well.
            if (Part(count.Gateway, from) is not { } part)
                return false;
            if (part.IsCounted)
                return true;
            part.Count(count);
            _count += count.Sessions.Count;
            if (count.Error is { } error)
                _countError ??= MessagingException.For(error, count.ErrorMessage ?? error.ToString());
            EndIfComplete();
            return true;
        }
    }

    public void Reply(in ResponseEnvelope response) => Reply(from: null, response);

    /// <param name="from">Who brings it; <see langword="null"/> for this gateway itself.</param>
    /// <param name="response">The answer of a session.</param>
    /// <returns><see langword="false"/> if the session is another gateway's.</returns>
    public bool Reply(GatewayLink? from, in ResponseEnvelope response)
    {
        if (response.Session is not { } session)
            return false;
        lock (_gate)
        {
            var part = _isEnded ? null : Part(session.Gateway, from);
            if (part is null && !_isEnded)
                return false;
            if (part?.Answered(session.Session) != true)
            {
                table.CountLateResponse();
                return true;
            }

            part.Credit.Delivered(response.Payload.Length);
            Deliver(session, response);
            if (part.IsComplete)
                EndIfComplete();
            return true;
        }
    }

    /// <summary>The consumer has taken up an answer of a session.</summary>
    public void Taken(SessionId session)
    {
        FilterPart part;
        int told;
        lock (_gate)
        {
            part = _parts[session.Gateway];
            if (part.Credit.Taken() is not (> 0 and var more))
                return;
            told = part.Told += more;
        }

        Tell(part.Link, told);
    }

    public void AskCredit(long id, int known) => TellCredit(from: null, known);

    /// <summary>A gateway that may send no more asks how many answers have been taken up.</summary>
    /// <param name="from">Who asks; <see langword="null"/> for this gateway itself.</param>
    /// <param name="known">How many it knows of: what it was told may have been lost.</param>
    public void TellCredit(GatewayLink? from, int known)
    {
        var told = 0;
        bool isEnded;
        lock (_gate)
        {
            isEnded = _isEnded;
            // A gateway whose count has been lost is none yet; it will ask again.
            if (!isEnded && _parts.Values.FirstOrDefault(each => each.Link == from) is { } part)
            {
                if (part.Told <= known)
                    part.Told += part.Credit.Asked();
                told = part.Told;
            }
        }

        if (isEnded)
            from?.Cancel(Id);
        else if (told > known)
            Tell(from, told);
    }

    /// <summary>Asks gateways that have not told their sessions for too long.</summary>
    public void AskAgain(long now, int after)
    {
        List<GatewayLink> links = [];
        lock (_gate)
        {
            foreach (var part in _parts.Values)
            {
                if (_isEnded || part.IsCounted || part.Link is null || now - part.AskedAt < after)
                    continue;
                part.AskedAt = now;
                links.Add(part.Link);
            }
        }

        foreach (var link in links)
            link.TryRequest(Request with { RemainingMilliseconds = deadline == 0 ? 0 : (int)Math.Max(1, deadline - now) });
    }

    /// <summary>The request has reached no other gateway.</summary>
    public void ForgetOthers()
    {
        lock (_gate)
        {
            foreach (var gateway in _parts.Where(static part => part.Value.Link is not null).Select(static part => part.Key).ToArray())
                _parts.Remove(gateway);
        }
    }

    /// <summary>The gateway at the other end is lost, and its sessions with it. A number of sessions that leaves out some would look like all of them.</summary>
    public void Lost(GatewayLink link, string why)
    {
        lock (_gate)
        {
            foreach (var (gateway, part) in _parts)
            {
                if (part.Link != link || part.IsComplete || _isEnded)
                    continue;
                FailAwaited(gateway, part, ErrorReason.CommunicationFailure, $"The gateway of the session is lost ({why}); whether the request was executed is not known.");
                if (!part.IsCounted)
                    _countError ??= new CommunicationFailureException($"A gateway is lost that had not told to which sessions it sent the request ({why}); whether any of them executed it is not known.");
                part.Clear();
            }

            EndIfComplete();
        }
    }

    /// <summary>The own connection is lost: what other gateways do with the request is not known any more.</summary>
    public void ConnectionLost(string message)
    {
        lock (_gate)
        {
            if (_isEnded || _parts.Values.All(static part => part.Link is null || part.IsComplete))
                return;
        }

        Fail(ErrorReason.CommunicationFailure, message, message);
    }

    public override void OnExpired()
    {
        bool isAsked;
        lock (_gate)
            isAsked = _isRouted || _parts.Values.Any(static part => part.Link is not null);
        Fail(
            ErrorReason.RequestTimeOut,
            "No response arrived within the request's time.",
            isAsked
                ? new RequestTimeOutException("A gateway did not tell to which sessions it sent the request within the request's time.")
                : new CommunicationFailureException("The other gateways could not be asked within the request's time: this one was not connected, or did not know yet who they are."));
    }

    /// <summary>Ends the call: every session without an answer gets the error, and so does the count if it is not known.</summary>
    public void Fail(ErrorReason reason, string sessionMessage, string countMessage) => Fail(reason, sessionMessage, MessagingException.For(reason, countMessage));

    private void Fail(ErrorReason reason, string sessionMessage, MessagingException countError)
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            foreach (var (gateway, part) in _parts)
                FailAwaited(gateway, part, reason, sessionMessage);
            End(countError);
        }

        CancelElsewhere();
    }

    /// <summary>Ends the call without a word to the consumer of the answers.</summary>
    public virtual void Abandon()
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            _isEnded = true;
            table.Remove(this);
            Operation?.Cancelled();
            Abandoned();
        }

        CancelElsewhere();
    }

    /// <summary>Gives a session's outcome to the consumer. Must not wait.</summary>
    protected abstract void Deliver(SessionId session, in ResponseEnvelope response);

    /// <summary>The number of sessions is known.</summary>
    protected abstract void Counted(int count, MessagingException? error);

    /// <summary>Nothing more is delivered.</summary>
    protected abstract void Ended(MessagingException? error);

    protected abstract void Abandoned();

    // A gateway speaks for its own sessions only.
    private FilterPart? Part(ulong gateway, GatewayLink? from)
    {
        if (_parts.TryGetValue(gateway, out var part))
            return part.Link == from ? part : null;
        if (from is null || table.FindLink(gateway) != from)
            return null;
        _parts.Add(gateway, part = new FilterPart(from));
        return part;
    }

    private void FailAwaited(ulong gateway, FilterPart part, ErrorReason reason, string message)
    {
        foreach (var session in part.Awaited)
            Deliver(new SessionId(gateway, session), ResponseEnvelope.Failed(Id, reason, message));
    }

    private void EndIfComplete()
    {
        if (_isEnded || !_isRouted)
            return;
        if (!_isCountKnown && _parts.Values.All(static part => part.IsCounted))
        {
            _isCountKnown = true;
            Counted(_count, _countError);
        }

        if (_isCountKnown && _parts.Values.All(static part => part.IsComplete))
            End(_countError);
    }

    private void End(MessagingException? error)
    {
        _isEnded = true;
        table.Remove(this);
        var outcome = _isCountKnown ? _countError : error;
        Operation?.End(outcome?.Reason);
        if (!_isCountKnown)
            Counted(_count, error);
        Ended(outcome);
    }

    private void Tell(GatewayLink? link, int told)
    {
        if (link is null)
            table.CreditHere(this, told);
        else
            link.Send(new CreditMessage(Id, told));
    }

    private void CancelElsewhere()
    {
        GatewayLink?[] links;
        lock (_gate)
            links = [.. _parts.Values.Select(part => part.Link)];
        foreach (var link in links)
        {
            if (link is null)
                table.CancelHere(this);
            else
                link.Cancel(Id);
        }
    }
}
