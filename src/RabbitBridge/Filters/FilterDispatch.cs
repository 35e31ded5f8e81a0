using System.Buffers;
using RabbitBridge.Calls;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// A filter request at a gateway that has sessions for it: it evaluates the filter, tells the sessions, and sends the request to
/// each, no more than a window ahead of what the requester has taken up.
/// </summary>
internal sealed class FilterDispatch(FilterDispatches table, RequestsInHand inHand, RequestEnvelope request, IFilterSink sink, long deadline)
    : Expiring, IReplySink, IRequestInHand, IThreadPoolWorkItem
{
    // At such intervals those who have been asked, and have not answered, stop holding up the others.
    private const int PatienceMilliseconds = 200;

    private readonly Lock _gate = new();
    private readonly DispatchWindow _window = new();
    private Session[] _sessions = [];
    private IncomingRequest?[] _requests = [];
    private bool[] _hasAnswered = [];
    private FilterCount? _count;
    private int _next;
    private int _sent;
    private long _wakeAt;
    private int _askedAfter = -1;
    private bool _isAdvancing;
    private bool _isOver;

    public long Id => request.Id;

    public long OriginId => request.Id;

    public IFilterSink Sink => sink;

    public bool IsToMany => true;

    /// <summary>The requests to its sessions that are not answered.</summary>
    public IEnumerable<IRequestInHand> Parts
    {
        get
        {
            lock (_gate)
                return [.. _requests.OfType<IncomingRequest>()];
        }
    }

    /// <summary>Evaluates the filter and begins.</summary>
    public void Execute()
    {
        if (!SessionFilter.TryParse(request.Filter, out var filter, out var errors))
        {
            Refuse(ErrorReason.InvalidFilter, new InvalidFilterException(errors).Message);
            return;
        }

        try
        {
            var selected = table.Sessions.Select(filter);
            if (request.Change is { } change)
            {
                Change(selected, change);
                return;
            }

            lock (_gate)
            {
                if (_isOver)
                    return;
                _sessions = [.. selected];
                _requests = new IncomingRequest?[_sessions.Length];
                _hasAnswered = new bool[_sessions.Length];
                _count = new FilterCount(Id, table.Instance, [.. _sessions.Select(session => session.Id.Session)]);
            }
        }
        catch (InvalidFilterException exception)
        {
            Refuse(ErrorReason.InvalidFilter, exception.Message);
            return;
        }

        sink.Count(_count);
        Advance();
    }

    /// <summary>The requester asks again: what it was told may have been lost.</summary>
    public void CountAgain()
    {
        if (Volatile.Read(ref _count) is { } count)
            sink.Count(count);
    }

    /// <summary>The requester has taken up so many answers in all.</summary>
    public void Credit(int answers)
    {
        lock (_gate)
            _window.TakenInAll(answers);
        Advance();
    }

    /// <summary>One more answer has been written where nobody tells of it, or was lost on its way.</summary>
    public void CreditOne()
    {
        lock (_gate)
            _window.TakenApart();
        Advance();
    }

    public void Reply(in ResponseEnvelope response)
    {
        var index = (int)response.Id;
        var answer = response with { Id = Id, Session = _sessions[index].Id };
        var isSent = true;
        lock (_gate)
        {
            _requests[index] = null;
            if (_isOver)
            {
                table.Late();
                return;
            }

            _hasAnswered[index] = true;
            if (!_window.TryPass(index, answer))
            {
                isSent = !table.Held.TryTake(HeldAnswers.SizeOf(answer), _window.HeldBytes);
                if (isSent && answer.Error is null)
                    answer = ResponseEnvelope.Failed(Id, ErrorReason.Overloaded, FilterDispatches.NoRoom) with { Session = answer.Session };
                if (isSent)
                    _window.Force(answer);
                else
                    _window.Hold(answer.Persist());
            }
        }

        if (isSent)
            sink.Reply(answer);
        // If it is held: the requester may have to be asked, who else would do it?
        Advance(isSent ? 1 : 0);
    }

    public void Abandoned(long id)
    {
        lock (_gate)
            _requests[(int)id] = null;
    }

    /// <summary>Nobody waits any more.</summary>
    public void Abandon()
    {
        IncomingRequest[] open;
        lock (_gate)
        {
            if (_isOver)
                return;
            open = EndEarly();
            table.GiveUp(_window.TakeHeld());
        }

        foreach (var each in open)
            each.Abandon();
    }

    public override void OnExpired()
    {
        if (deadline != 0 && table.Clock.Now >= deadline)
        {
            TimeOut();
            return;
        }

        lock (_gate)
        {
            if (_isOver || table.Clock.Now < _wakeAt)
                return;
            _window.Waited();
            // What was asked or told may have been lost.
            (_wakeAt, _askedAfter) = (0, -1);
        }

        // Not here: who is in this process reads the answers that it gets, and this thread tells of all times.
        ThreadPool.UnsafeQueueUserWorkItem(static dispatch => dispatch.Advance(), this, preferLocal: false);
    }

    // Gateways look at the clock themselves; a plain client may still wait.
    private void TimeOut()
    {
        if (sink.KeepsTime)
            Abandon();
        else
            Fail(Unsent);
    }

    private void Fail(Func<IEnumerable<ResponseEnvelope>> unsent)
    {
        IncomingRequest[] open;
        ResponseEnvelope[] failures;
        lock (_gate)
        {
            if (_isOver)
                return;
            failures = [.. unsent()];
            open = EndEarly();
        }

        foreach (var failure in failures)
            sink.Reply(failure);
        foreach (var each in open)
            each.Abandon();
    }

    private IEnumerable<ResponseEnvelope> Unanswered()
    {
        var held = _window.TakeHeld();
        table.GiveUp(held);
        return _sessions.Where((session, index) => !_hasAnswered[index] || held.Any(answer => answer.Session == session.Id))
            .Select(session => ResponseEnvelope.Failed(Id, ErrorReason.CommunicationFailure, "The gateway could not ask its sessions.") with { Session = session.Id });
    }

    private IncomingRequest[] EndEarly()
    {
        End();
        return [.. _requests.OfType<IncomingRequest>()];
    }

    private IEnumerable<ResponseEnvelope> Unsent()
    {
        foreach (var held in _window.TakeHeld())
        {
            table.Held.GiveBack(HeldAnswers.SizeOf(held));
            yield return ResponseEnvelope.Failed(Id, ErrorReason.Overloaded, "The session has answered, but the answers of others were not taken within the request's time.") with { Session = held.Session };
        }

        for (var index = 0; index < _sessions.Length; index++)
        {
            if (index >= _next)
                yield return ResponseEnvelope.Failed(Id, ErrorReason.Overloaded, "The session was not asked: others took up the request's time, or their answers were not taken.") with { Session = _sessions[index].Id };
            else if (!_hasAnswered[index])
                yield return ResponseEnvelope.Failed(Id, ErrorReason.RequestTimeOut, "The session did not answer within the request's time.") with { Session = _sessions[index].Id };
        }
    }

    /// <summary>Sends what has been held, and the request to as many more sessions as the window has room for.</summary>
    private void Advance(int sent = 0)
    {
        lock (_gate)
        {
            _sent += sent;
            // Whoever is at it goes on until there is nothing more to do: what a session answers at once does not pile up on the stack.
            if (_isAdvancing)
                return;
            _isAdvancing = true;
        }

        try
        {
            while (Step())
            {
            }
        }
#pragma warning disable CA1031 // Whatever it is, its requester must not wait for ever, and the process must not end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            table.DispatchFailed(exception);
            Fail(Unanswered);
        }
    }

    private bool Step()
    {
        List<ResponseEnvelope>? due = null;
        int from, to, known;
        lock (_gate)
        {
            (from, to, known) = (_next, _next, -1);
            // Before the sessions are known there is nothing to send.
            if (!_isOver && _count is not null)
            {
                while (_window.TryRelease(out var answer))
                {
                    table.Held.GiveBack(HeldAnswers.SizeOf(answer));
                    (due ??= []).Add(answer);
                }

                for (; to < _sessions.Length && _window.MayAsk; to++)
                    _window.Asked();
                _next = to;
                if (due is null && from == to)
                    known = EndOrWait();
            }

            if (due is null && from == to && known < 0)
                return _isAdvancing = false;
        }

        // Told at once, by whoever is in this process: that ends here, too.
        if (known >= 0)
            sink.AskCredit(Id, known);
        foreach (var answer in due ?? [])
            sink.Reply(answer);
        for (var i = from; i < to; i++)
            Send(i);
        lock (_gate)
            _sent += due?.Count ?? 0;
        return true;
    }

    /// <returns>How many answers are known to have been taken up, if it is time to ask whether there are more; else -1.</returns>
    private int EndOrWait()
    {
        if (_sent == _sessions.Length)
        {
            End();
            return -1;
        }

        var isWaiting = _next < _sessions.Length || _window.HoldsAny;
        var at = isWaiting ? table.Clock.Now + PatienceMilliseconds : long.MaxValue;
        if (deadline != 0)
            at = Math.Min(at, deadline);
        if (_wakeAt == 0 || at < _wakeAt)
        {
            _wakeAt = at;
            if (at != long.MaxValue)
                table.Wake(this, at);
        }

        if (!isWaiting || !_window.IsFull || _askedAfter == _window.Told)
            return -1;
        return _askedAfter = _window.Told;
    }

    private void Send(int index)
    {
        var session = _sessions[index];
        if (session.FindStream(request.Path) is not { } stream)
        {
            Reply(session.IsClosed
                ? ResponseEnvelope.Failed(index, ErrorReason.SessionClosed, $"Session {session.Id} was closed.")
                : ResponseEnvelope.Failed(index, ErrorReason.UnhandledMessage, $"Session {session.Id} has no registered streams for message sent to path '{request.Path}'"));
            return;
        }

        var incoming = stream.Accept(new RequestArrival(request with { Id = index }, this, Table: null, Wheel: null));
        lock (_gate)
        {
            if (_isOver)
                return;
            _requests[index] = incoming;
        }

        incoming.Start(preferLocal: false, deadline: 0);
        // Its session may have closed, and looked for it, before it was noted.
        if (session.IsClosed)
            incoming.SessionClosed();
    }

    private void Refuse(ErrorReason reason, string message) =>
        EndWith(new FilterCount(Id, table.Instance, [], Error: reason, ErrorMessage: message));

    private void EndWith(FilterCount count)
    {
        lock (_gate)
        {
            _count = count;
            End();
        }

        sink.Count(count);
    }

    // async void on purpose: nothing escapes it, and the requester waits for the count.
    private async void Change(List<Session> selected, SessionChange change)
    {
        try
        {
            await ChangeAsync(selected, change).ConfigureAwait(false);
        }
        catch (ArgumentException exception)
        {
            // A gateway checks the keys before it sends them; a frame may come from anybody.
            Refuse(ErrorReason.InvalidData, exception.Message);
        }
        catch (OperationCanceledException)
        {
            Refuse(ErrorReason.CommunicationFailure, change.Closes ? "The gateway stops, and closes its sessions." : "The gateway stops; the change was made, but not told to all gateways.");
        }
#pragma warning disable CA1031 // Whatever it is, the requester is told, and the process must not end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            table.DispatchFailed(exception);
            Refuse(ErrorReason.CommunicationFailure, change.Closes ? "The gateway could not close all of the sessions; others may be closed." : "The gateway could not make the change.");
        }
    }

    private async Task ChangeAsync(List<Session> selected, SessionChange asked)
    {
        if (asked.Closes)
        {
            await CloseAsync([.. selected.Where(session => !session.IsClosed && session.Id != request.Sender)]).ConfigureAwait(false);
            return;
        }

        var change = asked with { Properties = SessionChangeRules.Normalise(asked.Properties) };
        if (change.RemovedRoles.Count > 0 || change.AddedRoles.Count > 0)
            SessionChangeRules.CheckRoles(change.RemovedRoles, change.AddedRoles);
        // All of them before the first is changed: an error says that none was.
        foreach (var session in selected)
            SessionProperties.CheckRoom(session.Properties, change);
        var changed = new List<(Session Session, Dictionary<string, string?> Previous)>();
        foreach (var session in selected)
        {
            if (table.Sessions.Change(session, change) is { } previous)
                changed.Add((session, previous));
        }

        await table.Sessions.SettledAsync().ConfigureAwait(false);
        EndWith(new FilterCount(Id, table.Instance, [.. changed.Select(each => each.Session.Id.Session)], change.WantsPrevious));
        if (!change.WantsPrevious)
            return;
        foreach (var (session, previous) in changed)
        {
            var body = new ArrayBufferWriter<byte>();
            PreviousProperties.DataType.Write(previous, body);
            sink.Reply(new ResponseEnvelope { Id = Id, Session = session.Id, ContentType = ContentTypes.Json, Payload = body.WrittenMemory });
        }
    }

    private async Task CloseAsync(List<Session> selected)
    {
        var closed = await Task.WhenAll(selected.Select(static async session => (session.Id, IsFirst: await session.EndAsync().ConfigureAwait(false)))).ConfigureAwait(false);
        EndWith(new FilterCount(Id, table.Instance, [.. closed.Where(static each => each.IsFirst).Select(static each => each.Id.Session)], HasAnswers: false));
    }

    private void End()
    {
        if (_isOver)
            return;
        _isOver = true;
        inHand.Remove(this);
        table.Ended(this);
    }
}
