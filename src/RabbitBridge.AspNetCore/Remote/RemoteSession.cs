using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.SignalR;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Gateways;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;
using Log = RabbitBridge.AspNetCore.Diagnostics.Log;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>A session whose client is elsewhere: passes on what either side says, and outlives its connections by the grace period.</summary>
internal sealed class RemoteSession : IRemoteClient
{
    // An error in its place would take as much.
    private const int SmallAnswer = 512;

    private readonly RemoteSessions _table;
    private readonly GatewayEngine _engine;
    private readonly Session _session;
    private readonly ClientShare _share;
    private readonly RemoteLink _link;
    private readonly ClientQueue _queue;
    private readonly RemoteMessages _messages;
    private readonly RemoteFeatures _features;
    private readonly ConcurrentDictionary<long, RemoteDelivery> _deliveries = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly DateTimeOffset? _expires;
    private HubCallerContext? _connection;
    private long _lastDelivery;
    private int _closing;
    private int _hasUsedReserved;
    private bool _isSentAway;
    private bool _hasClosed;
    private volatile bool _stays;
    private int _hasMoved;
    private long _absentSince;
    // Decided with the connection, under the lock: a client that came back after that would go on with a session that is about to be closed.
    private bool _isGivenUp;

    public RemoteSession(RemoteSessions table, GatewayEngine engine, Session session, DateTimeOffset? expires)
    {
        (_table, _engine, _session, _expires) = (table, engine, session, expires);
        _share = new ClientShare(
            table.Room, table.Options.MaxRequests, table.Options.MaxRequestBytes, maxHeldBytes: (2L * table.Options.MaxQueueBytes) + engine.Options.MaxMessageBytes);
        _link = new RemoteLink(OnMessage, _share.Add);
        _queue = new ClientQueue(_link, _share, table.Options, engine.Options.MaxMessageBytes, table.TimeProvider, () => Close(SessionCloseReason.MessageQueueLimitReached));
        _messages = new RemoteMessages(session, engine.Sender, engine.Handlers, engine.Logger, this, _share);
        _features = new RemoteFeatures(engine, session, _messages, _share, _queue, table.Options, table.Logger);
        _timer = table.TimeProvider.CreateTimer(static state => ((RemoteSession)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        session.PropertiesChanged = properties => _queue.Post(new RemoteMessage(RemoteMessageType.Properties) { Properties = properties });
    }

    public SessionId Id => _session.Id;

    /// <summary>What the client has not acknowledged yet, in bytes.</summary>
    public long WaitingBytes => _link.QueuedBytes;

    /// <summary>What a client is told when it has opened or resumed the session.</summary>
    public OpenReply Describe(bool isResumed) => new()
    {
        Session = Id.ToString(),
        Key = Key,
        Principal = _session.Principal,
        Properties = _session.Properties.ToDictionary(StringComparer.Ordinal),
        Gateway = _engine.Name,
        Resumed = isResumed,
        Received = _link.Received,
        GraceMilliseconds = (int)_table.Options.GracePeriod.TotalMilliseconds,
        MaxMessageBytes = _engine.Options.MaxMessageBytes,
        MaxQueueBytes = _table.Options.MaxQueueBytes,
        RequestMilliseconds = RequestTimeout.Milliseconds(_engine.Options.RequestTimeout),
    };

    /// <summary>Whether another session has closed it.</summary>
    public bool IsEndedByAnother => _session.IsEndedByAnother;

    /// <summary>The secret with which a client goes on with the session.</summary>
    public string Key => Convert.ToBase64String(_key);

    /// <summary>Whether a client that wants to go on with the session knows its secret.</summary>
    public bool IsKey(string? key) => EndedSessions.IsSame(key, Key);

    /// <summary>Hears from now on when the session is over: it can be found, and has its connection.</summary>
    public void Watch() => _session.Closed.UnsafeRegister(static state => ((RemoteSession)state!).OnClosed(), this);

    /// <summary>Goes on over another connection, unless the session is over or its client says that it has what was never sent.</summary>
    public bool TryAttach(ResumeRequest resume, HubCallerContext connection)
    {
        if (_session.IsClosed || resume.Received < 0 || resume.Received > _link.Sent)
            return false;
        if (!Attach(connection, resume.Received))
            return false;
        // Whoever has closed it meanwhile may have found no connection.
        if (_session.Closed.IsCancellationRequested)
            TellClosed();
        return true;
    }

    /// <returns>Whether the session goes on: it was not given up because its client was away too long.</returns>
    public bool Attach(HubCallerContext connection, long receivedByClient)
    {
        HubCallerContext? former;
        lock (_gate)
        {
            if (_isGivenUp)
                return false;
            (former, _connection) = (_connection, connection);
            _isSentAway = false;
            _link.Detach();
            SetTimer();
            var id = connection.ConnectionId;
            _queue.Restart();
            _link.Attach(frame => _table.SendAsync(id, frame), receivedByClient);
        }

        // It has not noticed yet that its client is gone.
        former?.Abort();
        return true;
    }

    /// <summary>The connection is gone; the client has the grace period to come back.</summary>
    public void Detach(string connection)
    {
        lock (_gate)
        {
            if (_connection?.ConnectionId != connection)
                return;
            _connection = null;
            _absentSince = _table.TimeProvider.GetTimestamp();
            _link.Detach();
            SetTimer();
        }

        if (_session.IsClosed)
            _share.End();
    }

    public void OnFrame(byte[] frame, string connection)
    {
        lock (_gate)
        {
            // What a former connection brings comes again over the new one.
            if (_connection?.ConnectionId != connection)
                return;
        }

        try
        {
            _link.OnFrame(frame);
        }
        catch (RemoteProtocolException exception)
        {
            Log.BadFrame(_table.Logger, Id, FilterText.Show(exception.Message, RemoteSessions.MaxShown));
            _engine.Telemetry.BadInput(RemoteSessions.BadFrame);
            _engine.Telemetry.Refused(RefusalReason.MalformedFrame);
            Close(SessionCloseReason.InvalidInboundMessage);
        }
    }

    public void Deliver(RemoteDelivery delivery)
    {
        delivery.ClientId = Interlocked.Increment(ref _lastDelivery);
        _deliveries[delivery.ClientId] = delivery;
        var message = new RemoteMessage(RemoteMessageType.Delivery, delivery.ClientId)
        {
            Path = delivery.Path,
            Branch = delivery.Branch?.ToString(),
            Session = delivery.SessionId == default ? null : delivery.SessionId,
            Properties = delivery.SessionProperties,
            Milliseconds = delivery.Milliseconds,
            ContentType = delivery.ContentType,
            Payload = delivery.Payload,
            TraceParent = delivery.TraceParent,
        };
        if (!_queue.TryPost(message, out var refusal) && _deliveries.TryRemove(delivery.ClientId, out _))
            delivery.Fail(ErrorReason.Overloaded, $"Session {Id} cannot take the request: {refusal}");
    }

    public void Abandoned(RemoteDelivery delivery)
    {
        if (!_deliveries.TryRemove(delivery.ClientId, out _))
            return;
        _link.Withdraw(delivery.ClientId, delivery.Payload.Length);
        _queue.Post(new RemoteMessage(RemoteMessageType.Cancel, delivery.ClientId));
    }

    public void Reply(long id, in ResponseEnvelope response)
    {
        if (response.Error is { } error)
            _queue.Post(RemoteMessage.Failed(id, error, response.ErrorMessage ?? error.ToString()));
        else if (!TryPost(new RemoteMessage(RemoteMessageType.Response, id) { ContentType = response.ContentType, Payload = response.Payload }, out var refusal))
            _queue.Post(RemoteMessage.Failed(id, ErrorReason.Overloaded, refusal));
    }

    public void ReplyOf(long id, SessionId session, in ResponseEnvelope response)
    {
        if (response.Error is { } error)
            Failed(error, response.ErrorMessage ?? error.ToString());
        else if (!TryPost(new RemoteMessage(RemoteMessageType.FilterAnswer, id) { Session = session, ContentType = response.ContentType, Payload = response.Payload }, out var refusal))
            Failed(ErrorReason.Overloaded, refusal);

        void Failed(ErrorReason reason, string text) =>
            _queue.Post(new RemoteMessage(RemoteMessageType.FilterError, id) { Session = session, Reason = (int)reason, Text = text });
    }

    public void AskCredit(long id) => _queue.Post(new RemoteMessage(RemoteMessageType.Credit, id));

    public void Count(long id, int sessions) => _queue.Post(new RemoteMessage(RemoteMessageType.FilterCount, id) { Count = sessions });

    private bool TryPost(RemoteMessage answer, out string refusal)
    {
        refusal = string.Empty;
        if (answer.Payload.Length <= SmallAnswer)
        {
            _queue.Post(answer);
            return true;
        }

        if (_queue.TryPost(answer, out var problem))
            return true;
        refusal = $"The response of {answer.Payload.Length} bytes cannot be taken: {problem}";
        return false;
    }

    // Only what is sent on: elsewhere a content type means nothing.
    private static bool IsReserved(RemoteMessage message) =>
        message.Type is RemoteMessageType.Request or RemoteMessageType.FilterRequest or RemoteMessageType.Response or RemoteMessageType.AddHandler
        && (message.Path.AsSpan().TrimStart('/').StartsWith("$") || message.Session is { Session: 0 } || MediaType.IsReserved(message.ContentType));

    private void OnMessage(RemoteMessage message)
    {
        // In the same frame behind its close: it has nothing more to say, as it has who is closed by others, whose answers are awaited still.
        if (_hasClosed)
            return;
        try
        {
            if (IsReserved(message))
                _table.NoteReserved(Id, Volatile.Read(ref _connection), message, isFirst: Interlocked.Exchange(ref _hasUsedReserved, 1) == 0);
            switch (message.Type)
            {
                case RemoteMessageType.Request:
                    _messages.Send(message.Id, message.Session, message.Path, message.Milliseconds, message.ContentType ?? ContentTypes.Binary, message.Payload, message.TraceParent);
                    break;
                case RemoteMessageType.FilterRequest:
                    _messages.SendToFilter(message.Id, message.Filter!, message.Path, message.Milliseconds, message.ContentType ?? ContentTypes.Binary, message.Payload, message.TraceParent);
                    break;
                case RemoteMessageType.Cancel:
                    _messages.Cancel(message.Id);
                    _features.Cancel(message.Id);
                    break;
                case RemoteMessageType.Credit:
                    _messages.Credit(message.Id, message.Count);
                    break;
                case RemoteMessageType.Response when _deliveries.TryRemove(message.Id, out var answered):
                    answered.Answer(message.ContentType ?? ContentTypes.Binary, message.Payload);
                    break;
                case RemoteMessageType.Error when _deliveries.TryRemove(message.Id, out var failed):
                    failed.Fail(Enum.IsDefined((ErrorReason)message.Reason) ? (ErrorReason)message.Reason : ErrorReason.CallbackException, message.Text);
                    break;
                case RemoteMessageType.Leave when message.Count == 0:
                    _stays = true;
                    break;
                case RemoteMessageType.Leave:
                    if (Interlocked.Exchange(ref _hasMoved, 1) == 0)
                        _ = LeaveAsync();
                    break;
                case RemoteMessageType.Close:
                    _hasClosed = true;
                    Close(SessionCloseReason.ClosedByClient);
                    break;
                default:
                    _features.OnMessage(message);
                    break;
            }
        }
        catch (MessagingException exception)
        {
            _queue.Post(RemoteMessage.Failed(message.Id, exception.Reason, exception.Message));
        }
#pragma warning disable CA1031 // The messages behind this one in its frame are not sent again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.OperationFailed(_table.Logger, exception, Id, message.Type);
            _queue.Post(RemoteMessage.Failed(message.Id, ErrorReason.CommunicationFailure, "The gateway failed."));
        }
    }

    // Called with the lock held.
    private void SetTimer()
    {
        var next = _connection is null ? _table.Options.GracePeriod : Timeout.InfiniteTimeSpan;
        if (_expires is { } expires)
        {
            var left = expires - _table.TimeProvider.GetUtcNow();
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(24) ? TimeSpan.FromDays(24) : left;
            next = next == Timeout.InfiniteTimeSpan || left < next ? left : next;
        }

        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        SessionCloseReason? reason = null;
        lock (_gate)
        {
            if (_expires is { } expires && expires <= _table.TimeProvider.GetUtcNow())
                reason = SessionCloseReason.Expired;
            else if (_connection is null)
                (reason, _isGivenUp) = (SessionCloseReason.ConnectionLost, true);
            else
                SetTimer();
        }

        if (reason is { } over)
            Close(over);
    }

    private void Close(SessionCloseReason reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
            _ = CloseAsync(reason);
    }

    private async Task CloseAsync(SessionCloseReason reason)
    {
        try
        {
            await _session.CloseAsync(reason).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for this; the session is over whatever happens.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(_table.Logger, exception, Id);
        }
    }

    /// <summary>Whether the client was sent away, and has neither gone nor said that it stays.</summary>
    public bool IsLeaving
    {
        get
        {
            lock (_gate)
                return _isSentAway && !_stays && _connection is not null && !_session.IsClosed;
        }
    }

    /// <summary>Whether the client was sent away, and has no connection any more; <see cref="EndIfAbsent"/> ends that.</summary>
    public bool IsAbsent
    {
        get
        {
            lock (_gate)
                return _isSentAway && _connection is null && !_session.IsClosed;
        }
    }

    /// <summary>Has the client look for another gateway; if it finds none, it goes on here.</summary>
    /// <param name="why">The reason, for people.</param>
    /// <returns>Whether it is there to hear it.</returns>
    public bool TrySendAway(string why)
    {
        lock (_gate)
        {
            // Once more to one that is about to go would cut off what it has under way here.
            if (_connection is null || Volatile.Read(ref _hasMoved) != 0 || (_isSentAway && !_stays))
                return false;
            (_isSentAway, _stays) = (true, false);
        }

        _link.Post(new RemoteMessage(RemoteMessageType.Closed) { Reason = (int)SessionCloseReason.FailedOver, Text = why });
        return true;
    }

    // The client goes on at another gateway, where its handlers are registered by now.
    private async Task LeaveAsync()
    {
        try
        {
            _features.RemoveMessageHandlers();
            await new Drain(() => [_session], _table.TimeProvider).RunAsync(_engine.Options.DrainTimeout, andCalls: true).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for this; the session ends whatever happens.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CloseFailed(_table.Logger, exception, Id);
        }

        Close(SessionCloseReason.FailedOver);
    }

    /// <summary>Ends the session if its client was sent away, and is not back.</summary>
    /// <param name="time">How long it must have been absent.</param>
    /// <param name="isOver">Whether nobody is sent away any more.</param>
    public void EndIfAbsent(TimeSpan time, bool isOver)
    {
        lock (_gate)
        {
            var isAbsent = _isSentAway && _connection is null && _table.TimeProvider.GetElapsedTime(_absentSince) >= time;
            if (isOver)
                _isSentAway = false;
            if (!isAbsent)
                return;
            _isGivenUp = true;
        }

        Close(SessionCloseReason.ConnectionLost);
    }

    // The session is over, whoever has closed it.
    private void OnClosed()
    {
        Volatile.Write(ref _closing, 1);
        // Before it is found no more: whoever comes back is to hear why.
        if (_session.IsEndedByAnother)
            _table.Remember(this);
        _table.Remove(this);
        _timer.Dispose();
        Log.SessionClosed(_table.Logger, Id, _session.CloseReason);
        _messages.Close();
        TellClosed();
    }

    private void TellClosed()
    {
        HubCallerContext? connection;
        lock (_gate)
            connection = _connection;
        if (connection is null)
        {
            _share.End();
            return;
        }

        // Who hears that the gateway stops goes on at another one.
        var reason = _engine.IsStopping && !_session.IsEndedByAnother ? SessionCloseReason.FailedOver : _session.CloseReason;
        // Less may be there already: a client need not have acknowledged it.
        var awaitsAnswers = reason == SessionCloseReason.FailedOver && _link.QueuedBytes > RemoteLink.BytesToAcknowledge;
        _link.Post(new RemoteMessage(RemoteMessageType.Closed) { Reason = (int)reason, Text = $"Session {Id} was closed: {reason}." });
        _table.AbortLater(connection, awaitsAnswers);
    }
}
