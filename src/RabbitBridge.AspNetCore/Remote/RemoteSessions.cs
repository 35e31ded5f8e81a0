using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Filters;
using RabbitBridge.Gateways;
using RabbitBridge.Remote;
using RabbitBridge.Security;
using RabbitBridge.Sessions;
using Log = RabbitBridge.AspNetCore.Diagnostics.Log;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>The remote sessions of this gateway: opens and resumes them, and ends those whose clients stay away.</summary>
internal sealed class RemoteSessions(
    IGateway gateway, AuthenticatorChain authenticators, IHubContext<SessionHub> hub, IOptions<RemoteOptions> options, ILogger<RemoteSessions> logger)
{
    /// <summary>The kind under which frames that are none are counted.</summary>
    public const string BadFrame = "remote_frame";

    /// <summary>How many characters a line of the log has of what a client has sent.</summary>
    public const int MaxShown = 1000;

    private const int MaxOpenRequest = 4 * 1024 * 1024;

    // Among a connection's items: it has been refused that, and it was logged. Such a connection stays, and may try as often as it likes.
    private static readonly object OverToldKey = new();
    private static readonly object SecondToldKey = new();

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    // Of a client that was sent away while the gateway is to be stopped: it may have lost its connection, and be back at once.
    private static readonly TimeSpan AbsenceAllowed = TimeSpan.FromSeconds(1);

    // Clients try to go on with a session for longer than it would have waited for them.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);

    private readonly GatewayEngine _engine = (GatewayEngine)gateway;
    private readonly EndedSessions _ended = new(((GatewayEngine)gateway).Options.TimeProvider, options.Value.GracePeriod + Remembered);
    private readonly ConcurrentDictionary<SessionId, RemoteSession> _sessions = new();

    private readonly TaskCompletionSource _allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private int _isObserved;
    // Whether a client has been told that its session is over behind answers that take a while.
    private volatile bool _awaitAnswers;
    // Why clients are to go elsewhere, if they are.
    private volatile string? _away;

    public RemoteOptions Options => options.Value;

    /// <summary>What all clients may cost together.</summary>
    public ClientRoom Room { get; } = new(
        Math.Max(options.Value.MaxTotalBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 4L * ((GatewayEngine)gateway).Options.MaxMessageBytes),
        () => ((GatewayEngine)gateway).Sender.FreeRequests);

    public TimeProvider TimeProvider => _engine.Options.TimeProvider;

    public ILogger Logger => logger;

    /// <summary>Has it told how much waits for clients.</summary>
    public void Observe()
    {
        if (Interlocked.Exchange(ref _isObserved, 1) == 0)
            _engine.Telemetry.Observe("rabbitbridge.remote.waiting", "By", "Bytes that remote clients have not acknowledged yet.", () => _sessions.Values.Sum(static session => session.WaitingBytes));
    }

    /// <summary>Waits until the clients, which have been told that their sessions are over, have left, but not for long.</summary>
    public async Task DisconnectedAsync()
    {
        if (Volatile.Read(ref _connections) > 0)
            await Task.WhenAny(_allGone.Task, Task.Delay(TimeToLeave(_awaitAnswers), TimeProvider)).ConfigureAwait(false);
    }

    public void Disconnected()
    {
        if (Interlocked.Decrement(ref _connections) == 0 && _engine.IsStopping)
            _allGone.TrySetResult();
    }

    /// <summary>A connection has begun, which must open a session in time.</summary>
    public void Connected(HubCallerContext connection)
    {
        Interlocked.Increment(ref _connections);
        var timer = TimeProvider.CreateTimer(
            state =>
            {
                var context = (HubCallerContext)state!;
                if (context.Items.ContainsKey(SessionHub.SessionKey))
                    return;
                Log.NothingOpened(logger, Address(context), Options.OpenTimeout);
                _engine.Telemetry.Refused(RefusalReason.OpenTimeout);
                context.Abort();
            },
            connection,
            Options.OpenTimeout,
            Timeout.InfiniteTimeSpan);
        connection.ConnectionAborted.UnsafeRegister(static state => ((ITimer)state!).Dispose(), timer);
    }

    /// <summary>Ends a connection that has a session when nothing has come over it for <see cref="RemoteOptions.ClientTimeout"/>.</summary>
    public void Watch(HubCallerContext connection)
    {
        var watch = new SilenceWatch(
            connection.Features.GetRequiredFeature<WatchedTransport>(),
            Options.ClientTimeout,
            TimeProvider,
            () =>
            {
                Log.ClientSilent(logger, Address(connection), Options.ClientTimeout);
                _engine.Telemetry.Refused(RefusalReason.ClientTimeout);
                connection.Abort();
            });
        // The transport's own, once a second for all connections.
        connection.Features.GetRequiredFeature<IConnectionHeartbeatFeature>().OnHeartbeat(static state => ((SilenceWatch)state).Look(), watch);
    }

    /// <summary>Opens or resumes a session.</summary>
    /// <returns>The session, if there is one, and what the client is answered.</returns>
    public async Task<(RemoteSession? Session, string Reply)> OpenAsync(string? text, HubCallerContext connection)
    {
        try
        {
            var request = Read(text);
            var session = request.Resume is { } resume ? Resume(resume, connection) : await OpenAsync(request, connection).ConfigureAwait(false);
            return (session, Write(session.Describe(isResumed: request.Resume is not null)));
        }
        catch (MessagingException exception)
        {
            // Who has no access has been logged already, with more than is told to the client.
            if (exception is not AccessDeniedException && exception.InnerException is not AccessDeniedException && (exception.Reason != ErrorReason.NoSuchSession || connection.Items.TryAdd(OverToldKey, true)))
                Log.SessionRefused(logger, Address(connection), exception.Reason, FilterText.Show(exception.Message, MaxShown));
            _engine.Telemetry.Refused(RefusalReason.Of(exception.Reason));
            // A client whose session is over may open another one; all others have nothing more to say.
            if (exception.Reason != ErrorReason.NoSuchSession)
                AbortLater(connection);
            return (null, Write(new OpenReply { Error = new OpenError((int)exception.Reason, exception.Message) }));
        }
    }

    /// <summary>A connection that has a session wants another one.</summary>
    public void RefuseSecond(HubCallerContext connection)
    {
        if (connection.Items.TryAdd(SecondToldKey, true))
            Log.OpenedTwice(logger, Address(connection));
        _engine.Telemetry.Refused(RefusalReason.SecondOpen);
    }

    /// <summary>A frame has come on a connection without a session.</summary>
    public void RefuseFrame(HubCallerContext connection)
    {
        Log.FrameWithoutSession(logger, Address(connection));
        _engine.Telemetry.BadInput(BadFrame);
        _engine.Telemetry.Refused(RefusalReason.MalformedFrame);
        connection.Abort();
    }

    /// <summary>A client has used what belongs to gateways; what becomes of its message is decided elsewhere.</summary>
    public void NoteReserved(SessionId session, HubCallerContext? connection, RemoteMessage message, bool isFirst)
    {
        _engine.Telemetry.Refused(RefusalReason.Reserved);
        if (!isFirst)
            return;
        var what = MediaType.IsReserved(message.ContentType) ? $"the content type '{FilterText.Show(message.ContentType, MaxShown)}'" : $"the path '{FilterText.Show(message.Path)}' and the session {message.Session}";
        Log.ReservedUsed(logger, session, connection is null ? "an address that is gone" : Address(connection), message.Type, what);
    }

    /// <summary>A connection has ended over what its client sent, before anything of it reached the hub.</summary>
    public void RefuseMessage(HubCallerContext connection, InvalidDataException exception)
    {
        // SignalR has nothing but its text to tell by.
        if (exception.Message.StartsWith("The maximum message size", StringComparison.Ordinal))
        {
            Log.TooLarge(logger, Address(connection), FilterText.Show(exception.Message, MaxShown));
            _engine.Telemetry.Refused(RefusalReason.FrameTooLarge);
        }
        else
        {
            Log.NoMessage(logger, Address(connection), FilterText.Show(exception.Message, MaxShown));
            _engine.Telemetry.Refused(RefusalReason.MalformedFrame);
        }
    }

    /// <summary>Sends the clients that are there to other gateways, because this one has no broker.</summary>
    public void SendAway()
    {
        if (_engine.IsLeaving)
            return;
        var why = _away = $"Gateway {_engine.Name} has lost its connection to the broker.";
        var told = _sessions.Values.Count(session => session.TrySendAway(why));
        if (told > 0)
            Log.SentAway(logger, told, Options.BrokerGrace);
    }

    /// <summary>
    /// Lets no more clients in, and sends those that are there to other gateways while their sessions go on; waits until each has gone or said that it stays, but not
    /// longer than the limit.
    /// </summary>
    public async Task EmptyAsync(TimeSpan limit)
    {
        _engine.Leave();
        var why = _away = $"Gateway {_engine.Name} is being stopped.";
        var start = TimeProvider.GetTimestamp();
        foreach (var session in _sessions.Values)
            session.TrySendAway(why);
        while (_sessions.Any(static each => each.Value.IsLeaving || each.Value.IsAbsent) && TimeProvider.GetElapsedTime(start) < limit)
        {
            await Task.Delay(Interval, TimeProvider).ConfigureAwait(false);
            // Their clients are elsewhere; who waits for their handlers would wait for nobody.
            foreach (var (_, session) in _sessions)
                session.EndIfAbsent(AbsenceAllowed, isOver: false);
        }
    }

    /// <summary>Ends the sessions whose clients were sent away and did not come back.</summary>
    public void EndAbsent()
    {
        if (_engine.IsLeaving)
            return;
        _away = null;
        foreach (var (_, session) in _sessions)
            session.EndIfAbsent(TimeSpan.Zero, isOver: true);
    }

    public void Remove(RemoteSession session) => _sessions.TryRemove(new(session.Id, session));

    /// <summary>Ends a connection when its client has had time to hear why.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="awaitsAnswers">Whether much is on its way to the client, of which it is to get all.</param>
    public void AbortLater(HubCallerContext connection, bool awaitsAnswers = false)
    {
        if (awaitsAnswers)
            _awaitAnswers = true;
        var timer = TimeProvider.CreateTimer(static state => ((HubCallerContext)state!).Abort(), connection, TimeToLeave(awaitsAnswers), Timeout.InfiniteTimeSpan);
        connection.ConnectionAborted.UnsafeRegister(static state => ((ITimer)state!).Dispose(), timer);
    }

    /// <summary>Sends a frame to a connection.</summary>
    public Task SendAsync(string connection, byte[] frame) => hub.Clients.Client(connection).SendAsync(SessionHub.FrameMethod, frame);

    // A frame of the largest size passes in the time in which a client must take one.
    private TimeSpan TimeToLeave(bool awaitsAnswers) => awaitsAnswers && Options.StallTimeout > Options.Farewell ? Options.StallTimeout : Options.Farewell;

    private static OpenRequest Read(string? text)
    {
        // As many as values of the largest size have that are all written with escapes.
        if (text?.Length > MaxOpenRequest)
            throw new InvalidMessageDataException($"The request to open a session has {text.Length} characters; {MaxOpenRequest} are allowed.");
        try
        {
            var request = JsonSerializer.Deserialize(text ?? "null", RemoteJson.Default.OpenRequest)
                ?? throw new InvalidMessageDataException("The request to open a session is null.");
            return request.Version == OpenRequest.CurrentVersion
                ? request
                : throw new UnsupportedOperationException($"Version {request.Version} of the protocol is not known; this gateway speaks version {OpenRequest.CurrentVersion}.");
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The request to open a session cannot be read: {exception.Message}", exception);
        }
    }

    // Before anybody decides: what the client says of itself becomes properties of its session.
    private static void CheckSizes(OpenRequest request)
    {
        try
        {
            SessionChangeRules.CheckValue(SessionProperty.Principal, request.Principal ?? string.Empty);
            SessionChangeRules.CheckProject(request.Project ?? string.Empty);
            SessionChangeRules.CheckValue(SessionProperty.ClientHostName, request.HostName ?? string.Empty);
            SessionChangeRules.CheckProposed(request.Properties ?? []);
        }
        catch (ArgumentException exception)
        {
            // Without the name of the parameter, which the framework appends.
            throw new InvalidMessageDataException(exception.Message.Split(" (Parameter", 2)[0], exception);
        }
    }

    private static NoSuchSessionException NoSuchSession(Exception? cause = null) => new("There is no such session to resume.", cause);

    private static string Write(OpenReply reply) => JsonSerializer.Serialize(reply, RemoteJson.Default.OpenReply);

    private static string Address(HubCallerContext connection) =>
        connection.GetHttpContext()?.Connection.RemoteIpAddress?.ToString() ?? "an unknown address";

    private static string Transport(HubCallerContext connection) => connection.Features.Get<IHttpTransportFeature>()?.TransportType switch
    {
        Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets => "WEBSOCKET",
        Microsoft.AspNetCore.Http.Connections.HttpTransportType.LongPolling => "HTTP_LONG_POLL",
        _ => "OTHER",
    };

    private RemoteSession Resume(ResumeRequest resume, HubCallerContext connection)
    {
        if (!SessionId.TryParse(resume.Session, out var id))
            throw NoSuchSession();
        if (!_sessions.TryGetValue(id, out var session))
            throw Over(id, resume.Key);
        if (!session.IsKey(resume.Key))
        {
            // Somebody tries another client's session; what they hear does not tell that there is one.
            _engine.Telemetry.Authenticated("denied");
            Log.WrongKey(logger, id, Address(connection));
            throw NoSuchSession(new AccessDeniedException("The key is not the session's."));
        }

        if (!session.TryAttach(resume, connection))
            throw session.IsEndedByAnother ? ClosedByAnother(id) : NoSuchSession();
        SendAwayToo(session);
        Log.SessionResumed(logger, id, Address(connection));
        return session;
    }

    /// <summary>A session that another one has closed: its client may come back to it.</summary>
    public void Remember(RemoteSession session) => _ended.Add(session.Id, session.Key);

    private MessagingException Over(SessionId id, string? key) => _ended.Contains(id, key) ? ClosedByAnother(id) : NoSuchSession();

    private static SessionClosedException ClosedByAnother(SessionId id) => new($"Session {id} was closed by another session.");

    // It has come while the others were sent away. Once the broker is back that is over, though who has gone without a word is remembered for a while.
    private void SendAwayToo(RemoteSession session)
    {
        if (_away is { } why && (_engine.IsLeaving || !_engine.IsConnected))
            session.TrySendAway(why);
    }

    private async Task<RemoteSession> OpenAsync(OpenRequest request, HubCallerContext connection)
    {
        if (_engine.IsLeaving || _engine.IsStopping)
            throw new CommunicationFailureException($"Gateway {_engine.Name} is stopping.");
        if (!_engine.IsConnected)
            throw new CommunicationFailureException($"Gateway {_engine.Name} has no connection to its broker at the moment.");
        if (_sessions.Count >= Options.MaxSessions)
            throw new OverloadedException($"The gateway has {_sessions.Count} remote sessions, as many as it may.");
        CheckSizes(request);
        var address = connection.GetHttpContext()?.Connection.RemoteIpAddress;
        var transport = Transport(connection);
        var clientType = ClientTypes.Known.Contains(request.ClientType) ? request.ClientType : ClientTypes.Other;
        var identity = await authenticators.AuthenticateAsync(
            new AuthenticationRequest
            {
                Principal = request.Principal,
                Password = request.Password,
                Token = request.Token,
                ProposedProperties = request.Properties ?? [],
                ClientAddress = address,
                ClientType = clientType,
                Transport = transport,
            },
            connection.ConnectionAborted).ConfigureAwait(false);
        var fixedProperties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SessionProperty.ClientIP] = address?.ToString() ?? string.Empty,
            [SessionProperty.ClientType] = clientType,
            [SessionProperty.Transport] = transport,
        };
        fixedProperties[SessionProperty.ClientHostName] = request.HostName is { Length: > 0 } host ? host : fixedProperties[SessionProperty.ClientIP];
        if (request.Project is { Length: > 0 } project)
            fixedProperties[SessionProperty.Project] = project;
        if (identity.Expires is { } expires)
            fixedProperties[SessionProperty.ExpiryTime] = expires.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        // An authenticator may set the country, the language and the place.
        foreach (var (key, value) in identity.Properties.Where(static each => each.Key.StartsWith('$')))
            fixedProperties[key] = value;
        var userProperties = identity.Properties.Where(static each => !each.Key.StartsWith('$')).ToDictionary(StringComparer.Ordinal);
        var session = await _engine.OpenSessionAsync(
            new SessionOptions { Principal = identity.Principal, Roles = identity.Roles, Properties = userProperties, FixedProperties = fixedProperties },
            connection.ConnectionAborted).ConfigureAwait(false);
        var remote = new RemoteSession(this, _engine, (Session)session, identity.Expires);
        _sessions[remote.Id] = remote;
        remote.Attach(connection, receivedByClient: 0);
        remote.Watch();
        SendAwayToo(remote);
        Log.SessionOpened(logger, remote.Id, FilterText.Show(identity.Principal, MaxShown), Address(connection), transport);
        return remote;
    }
}
