using System.Buffers;
using RabbitBridge.Calls;
using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>
/// A filter request at a gateway that has sessions for it: it evaluates the filter, tells the sessions, and sends the request to
/// each, no more than a window ahead of what the requester has taken up.
/// </summary>
internal sealed class FilterDispatch(FilterDispatches table, RequestEnvelope request, IFilterSink sink, long deadline)
    : Expiring, IReplySink, IThreadPoolWorkItem
{
    /// <summary>How many answers of a gateway may be on their way or wait to be taken up.</summary>
    public const int Window = 1024;

    // A session that has not answered for so long does not hold up the others.
    private const int PatienceMilliseconds = 100;

    private readonly Lock _gate = new();
    private Session[] _sessions = [];
    private IncomingRequest?[] _requests = [];
    private FilterCount? _count;
    private int _next;
    private int _answered;
    private int _credited;
    private int _slow;
    private long _wakeAt;
    private bool _isOver;

    public long Id => request.Id;

    public IFilterSink Sink => sink;

    /// <summary>Whether nothing more happens; it is kept for a while, in case its requester asks again.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _isOver;
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

    /// <summary>The requester has taken up so many answers.</summary>
    public void Credit(int answers)
    {
        lock (_gate)
            _credited += answers;
        Advance();
    }

    public void Reply(in ResponseEnvelope response)
    {
        var index = (int)response.Id;
        sink.Reply(response with { Id = Id, Session = _sessions[index].Id });
        lock (_gate)
        {
            _requests[index] = null;
            _answered++;
            if (_answered == _sessions.Length)
                End();
        }
    }

    public void Abandoned(long id)
    {
        lock (_gate)
            _requests[(int)id] = null;
    }

    /// <summary>Nobody waits any more.</summary>
    public void Cancel()
    {
        IncomingRequest?[] open;
        lock (_gate)
        {
            if (_isOver)
                return;
            End();
            open = [.. _requests];
        }

        foreach (var each in open)
            each?.Abandon();
    }

    // Gateways look at the clock themselves; a plain client may still wait.
    private void TimeOut()
    {
        if (!sink.GrantsCredit)
        {
            int[] silent;
            lock (_gate)
                silent = _isOver ? [] : [.. Enumerable.Range(0, _requests.Length).Where(index => _requests[index] is not null)];
            foreach (var index in silent)
                sink.Reply(ResponseEnvelope.Failed(Id, ErrorReason.RequestTimeOut, "The session did not answer within the request's time.") with { Session = _sessions[index].Id });
        }

        Cancel();
    }

    /// <summary>A session of this gateway is closed: its request is answered with that.</summary>
    public void SessionClosed(Session session)
    {
        IncomingRequest?[] open;
        lock (_gate)
            open = [.. _requests.Where(each => each?.Receiver.Work == session.Work)];
        foreach (var each in open)
            each?.SessionClosed();
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
            // Credit that came while this was on its way has begun a new wait.
            if (_isOver || table.Clock.Now < _wakeAt)
                return;
            _slow = _next - _answered;
        }

        Advance();
    }

    /// <summary>Sends the request to as many more sessions as the window has room for.</summary>
    private void Advance()
    {
        int from, to;
        lock (_gate)
        {
            // Before the sessions are known there is nothing to send.
            if (_isOver || _count is null)
                return;
            from = _next;
            var ahead = Math.Max(0, _next - _credited - _slow);
            to = sink.GrantsCredit ? Math.Min(_sessions.Length, from + Math.Max(0, Window - ahead)) : _sessions.Length;
            _next = to;
            if (_sessions.Length == 0)
                End();
            else if (to < _sessions.Length)
                Wake(Math.Min(table.Clock.Now + PatienceMilliseconds, deadline == 0 ? long.MaxValue : deadline));
            else if (deadline != 0)
                Wake(deadline);
        }

        for (var i = from; i < to; i++)
            Send(i);
    }

    private void Wake(long at)
    {
        _wakeAt = at;
        table.Wake(this, at);
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
            Refuse(ErrorReason.CommunicationFailure, "The gateway stops; the change was made, but not told to all gateways.");
        }
#pragma warning disable CA1031 // Whatever it is, the requester is told, and the process must not end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            table.DispatchFailed(exception);
            Refuse(ErrorReason.CommunicationFailure, "The gateway could not make the change.");
        }
    }

    private async Task ChangeAsync(List<Session> selected, SessionChange asked)
    {
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

    private void End()
    {
        if (_isOver)
            return;
        _isOver = true;
        table.Ended(this);
    }
}
