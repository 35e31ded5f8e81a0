using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitBridge.Client.Connections;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Client.Messages;
using RabbitBridge.Client.Projects;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.Client.Sessions;

/// <summary>A session at a gateway elsewhere. It outlives its connections, and its gateways.</summary>
internal sealed class RemoteSession : IRemoteSession
{
    private const string GatewayLost = "The gateway was lost while the request was under way; whether it was executed is not known.";

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ClientOptions _options;
    private readonly Connector _connector;
    private readonly ILogger _logger;
    private readonly PendingReplies _pending = new();
    private readonly Backoff _backoff = new();
    private readonly ClientMessages _messages;
    private readonly ClientSessions _sessions;
    private readonly ClientProjects _projects;
    private readonly ClientFabric _fabric;
    private readonly ClosedSignal _closed;
    private readonly CallbackQueue _callbacks;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private RemoteLink _link;
    private HubConnection? _connection;
    private OpenReply _opened = new();
    private Uri _address;
    private IReadOnlyDictionary<string, string> _properties = new Dictionary<string, string>();
    private Task _running = Task.CompletedTask;
    private Task _closedTold = Task.CompletedTask;
    private TaskCompletionSource<string> _lost = NewSignal();
    private SessionCloseReason? _closedBy;
    private string _closeMessage = string.Empty;
    private volatile bool _isLeaving;
    private volatile bool _isBroken;
    private string _lastFailure = string.Empty;
    private int _state;

    public RemoteSession(ClientOptions options, Connector connector)
    {
        (_options, _connector, _address) = (options, connector, options.Addresses[0]);
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("RabbitBridge.Client");
        _closed = new ClosedSignal(this, CallbackFailed);
        _callbacks = new CallbackQueue(this, CallbackFailed);
        _link = new RemoteLink(OnMessage);
        _messages = new ClientMessages(this, _logger);
        _sessions = new ClientSessions(this, _logger);
        _projects = new ClientProjects(this, _logger);
        _fabric = new ClientFabric(this);
    }

    public event Action<IRemoteSession, RemoteSessionState>? StateChanged;

    public SessionId Id => SessionId.Parse(Volatile.Read(ref _opened).Session);

    public string Principal => Volatile.Read(ref _opened).Principal;

    public string Gateway => Volatile.Read(ref _opened).Gateway;

    public IReadOnlyDictionary<string, string> Properties => Volatile.Read(ref _properties);

    public IMessages Messages => _messages;

    public ISessions Sessions => _sessions;

    public IProjects Projects => _projects;

    public CancellationToken Closed => _closed.Token;

    public RemoteSessionState State => (RemoteSessionState)Volatile.Read(ref _state);

    public SessionCloseReason? CloseReason => IsClosed ? _closedBy : null;

    public string? CloseMessage => IsClosed ? _closeMessage : null;

    public bool IsClosed => State == RemoteSessionState.Closed;

    /// <summary>The messages of the present session; another one after a failover.</summary>
    public RemoteLink Link => Volatile.Read(ref _link);

    public int MaxMessageBytes => Volatile.Read(ref _opened).MaxMessageBytes;

    /// <summary>The time of a request that names none; 0 for no limit.</summary>
    public int RequestMilliseconds => Volatile.Read(ref _opened).RequestMilliseconds;

    /// <summary>Opens the session at the first gateway that answers.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await ConnectAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommunicationFailureException($"No gateway answers within {_options.ConnectTimeout} at {string.Join(", ", _options.Addresses)}. {_lastFailure}".TrimEnd());
        }

        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <exception cref="SessionClosedException">The session is closed.</exception>
    public void ThrowIfClosed()
    {
        if (IsClosed)
            throw new SessionClosedException($"Session {Id} is closed. {_closeMessage}".TrimEnd());
    }

    /// <summary>Cancelled when the session is not to go on.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Post(RemoteMessage message) => Link.Post(message);

    /// <summary>Sends what is answered.</summary>
    /// <exception cref="MessagingException">The session is closed, or too much waits for a connection.</exception>
    public void Ask(PendingReply pending, RemoteMessage message) => Ask(pending, message, Link);

    /// <summary>Sends what is answered, and waits for the answer.</summary>
    /// <param name="message">What is asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="milliseconds">How long to wait; 0 for no limit.</param>
    public Task<RemoteMessage> AskAsync(RemoteMessage message, CancellationToken cancellationToken, int milliseconds = 0)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<RemoteMessage>(cancellationToken);
        var pending = new PendingResponse<RemoteMessage>(static reply => reply) { Deadline = PendingReplies.Deadline(milliseconds), Bytes = message.Payload.Length };
        try
        {
            Ask(pending, message, Link);
        }
        catch (MessagingException exception)
        {
            return Task.FromException<RemoteMessage>(exception);
        }

        pending.CancelWith(Cancel, cancellationToken);
        return pending.Task;
    }

    /// <summary>Asks in the session of a link, and waits for the answer.</summary>
    /// <param name="message">What is asked.</param>
    /// <param name="link">The session's link.</param>
    /// <param name="onNumbered">Hears the message's number before it is sent.</param>
    /// <exception cref="CommunicationFailureException">That session is not the present one any more.</exception>
    public async Task<RemoteMessage> AskAsync(RemoteMessage message, RemoteLink link, Action<long>? onNumbered = null)
    {
        var pending = new PendingResponse<RemoteMessage>(static reply => reply);
        Ask(pending, message, link, onNumbered);
        return await pending.Task.ConfigureAwait(false);
    }

    /// <summary>Nobody waits any more.</summary>
    public void Cancel(PendingReply pending)
    {
        if (_pending.Remove(pending))
            pending.Withdraw();
    }

    /// <summary>Begins what nobody waits for; its failure is logged.</summary>
    public void RunUnawaited(Func<Task> action) => _ = ObserveAsync(action());

    public Task<FabricView> GetFabricAsync(CancellationToken cancellationToken = default) => _fabric.GetAsync(cancellationToken);

    public Task AddServiceAsync(ServiceOptions service, CancellationToken cancellationToken = default) => _fabric.AddServiceAsync(service, cancellationToken);

    public Task<bool> RemoveServiceAsync(string path, CancellationToken cancellationToken = default) => _fabric.RemoveServiceAsync(path, cancellationToken);

    public Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default) => _fabric.GetServicesAsync(cancellationToken);

    public async Task CloseAsync()
    {
        // Told now: behind the first await it is another thread, and a callback on a token brings no context of its own.
        var isInside = CallbackScope.IsInside(this);
        lock (_gate)
            CloseBy(SessionCloseReason.ClosedByClient, "This client closes it.");
        if (!IsClosed && State != RemoteSessionState.Disconnected)
        {
            Post(new RemoteMessage(RemoteMessageType.Close));
            // The gateway says that it is closed, and then closes the connection.
            await Task.WhenAny(_running, Task.Delay(Farewell, _stopping.Token)).ConfigureAwait(false);
        }

        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _callbacks.Complete();
        // A callback that waited for the end of all of them would wait for itself.
        if (!isInside)
            await Task.WhenAll(_callbacks.Completion, _closedTold).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private static TaskCompletionSource<string> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Ask(PendingReply pending, RemoteMessage message, RemoteLink link, Action<long>? onNumbered = null)
    {
        ThrowIfClosed();
        if (link.QueuedBytes > Volatile.Read(ref _opened).MaxQueueBytes)
            throw new OverloadedException($"{link.QueuedBytes} bytes wait to be sent, as many as may.");
        pending.Link = link;
        var id = _pending.Add(pending);
        onNumbered?.Invoke(id);
        message.Id = id;
        link.Post(message);
        // What ends everything may have looked before this was among it.
        if (IsClosed)
            _pending.FailAll(ErrorReason.SessionClosed, $"Session {Id} is closed.");
        else if (link != Link && _pending.Remove(pending))
            pending.Fail(new CommunicationFailureException(GatewayLost));
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var reason = await _lost.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
                Link.Detach();
                if (_closedBy is not null)
                    break;
                Log.Disconnected(_logger, Id, Gateway, reason);
                Become(RemoteSessionState.Disconnected);
                if (!await ReconnectAsync().ConfigureAwait(false))
                    break;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The session is closed by its owner.
        }
#pragma warning disable CA1031 // Nobody waits for this loop: whatever ends it is logged, and ends the session.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CallbackFailed(_logger, exception);
        }

        await EndAsync().ConfigureAwait(false);
    }

    private async Task<bool> ReconnectAsync()
    {
        using var limit = new CancellationTokenSource(_options.ReconnectTimeout);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, limit.Token);
        try
        {
            var resumed = await ConnectAsync(both.Token).ConfigureAwait(false);
            if (!resumed)
                // Not awaited here: its answers come over the connection that this loop watches.
                RunUnawaited(RegisterAgainAsync);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (MessagingException exception)
        {
            // The gateways do not let the principal in any more.
            _lastFailure = exception.Message;
            return false;
        }
    }

    /// <summary>Tries all addresses in turn, that of the last connection first, until one answers.</summary>
    /// <returns>Whether the session goes on: otherwise there is a new one.</returns>
    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        if (!_backoff.HasLasted && !_isLeaving)
            await Task.Delay(_backoff.Next(), cancellationToken).ConfigureAwait(false);
        var isFirst = _opened.Session.Length == 0;
        while (true)
        {
            var (faults, hasChance) = (new List<CommunicationFailureException>(), false);
            var (last, others) = (_address, _options.Addresses.Where(each => each != _address));
            foreach (var address in (_isLeaving ? others.Append(last) : others.Prepend(last)).ToArray())
            {
                try
                {
                    return await ConnectAsync(address, cancellationToken).ConfigureAwait(false);
                }
                catch (MessagingException exception) when (exception is CommunicationFailureException or OverloadedException)
                {
                    _lastFailure = exception.Message;
                    Log.AttemptFailed(_logger, address, exception.Message);
                    if (exception is CommunicationFailureException failure && AddressFault.Find(address, failure.InnerException) is not null)
                        faults.Add(failure);
                    else
                        hasChance = true;
                }
            }

            // An address that was right before may be so again: a proxy answers for gateways that are being started, too.
            if (isFirst && !hasChance)
                throw faults.Count == 1 ? faults[0] : new CommunicationFailureException(string.Join(' ', faults.Select(each => each.Message)), faults[0]);

            await Task.Delay(_backoff.Next(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var former = _opened;
        var isFirst = former.Session.Length == 0;
        var resume = isFirst || _isBroken ? null : new ResumeRequest(former.Session, former.Key, Link.Received);
        var lost = NewSignal();
        // Frames of a new session may come before its reply has been looked at.
        var link = new TaskCompletionSource<RemoteLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (connection, reply) = await _connector.ConnectAsync(address, resume, frame => OnFrameAsync(frame, link.Task, lost), cancellationToken).ConfigureAwait(false);
        connection.Closed += exception =>
        {
            lost.TrySetResult(exception?.Message ?? "it was closed");
            return Task.CompletedTask;
        };
        if (connection.State != HubConnectionState.Connected)
            lost.TrySetResult("it was closed");
        if (_connection is { } old)
            await old.DisposeAsync().ConfigureAwait(false);
        (_connection, _address, _lost) = (connection, address, lost);
        _backoff.Connected();
        _isLeaving = _isBroken = false;
        if (!reply.Resumed)
        {
            Volatile.Write(ref _link, new RemoteLink(OnMessage));
            _messages.AbandonAll();
        }

        Volatile.Write(ref _opened, reply);
        Volatile.Write(ref _properties, reply.Properties);
        if (!reply.Resumed && !isFirst)
        {
            _pending.FailAll(ErrorReason.CommunicationFailure, GatewayLost, except: Link);
            Log.FailedOver(_logger, SessionId.Parse(former.Session), Id, reply.Gateway);
        }

        link.SetResult(Link);
        Link.Attach(frame => connection.SendAsync("Frame", frame, CancellationToken.None), reply.Received);
        if (reply.Resumed)
            Log.Reconnected(_logger, Id, reply.Gateway);
        Become(reply.Resumed ? RemoteSessionState.Reconnected : isFirst ? RemoteSessionState.Active : RemoteSessionState.FailedOver);
        return reply.Resumed;
    }

    private async Task OnFrameAsync(byte[] frame, Task<RemoteLink> link, TaskCompletionSource<string> lost)
    {
        try
        {
            (await link.ConfigureAwait(false)).OnFrame(frame);
        }
        catch (RemoteProtocolException exception)
        {
            Log.ProtocolBroken(_logger, exception.Message);
            // What the frame held before the fault has been received, and what is behind it is lost: only a new session knows where it stands.
            _isBroken = true;
            lost.TrySetResult(exception.Message);
        }
    }

    private void OnMessage(RemoteMessage message)
    {
        switch (message.Type)
        {
            case RemoteMessageType.Delivery:
                _messages.Deliver(message);
                break;
            case RemoteMessageType.Cancel:
                _messages.Abandon(message.Id);
                break;
            case RemoteMessageType.SessionEvent:
                _sessions.OnEvent(message);
                break;
            case RemoteMessageType.ProjectMessage:
                _projects.OnMessage(message);
                break;
            case RemoteMessageType.Properties:
                Volatile.Write(ref _properties, message.Properties ?? new Dictionary<string, string>());
                break;
            case RemoteMessageType.Closed when message.Reason == (int)SessionCloseReason.FailedOver:
                // The gateway is being stopped: another one is tried first.
                _isLeaving = true;
                _lost.TrySetResult(message.Text);
                break;
            case RemoteMessageType.Closed:
                lock (_gate)
                    CloseBy((SessionCloseReason)message.Reason, message.Text);
                _lost.TrySetResult(message.Text);
                break;
            default:
                _pending.Take(message);
                break;
        }
    }

    private Task RegisterAgainAsync()
    {
        var link = Link;
        return Task.WhenAll(_messages.RegisterAgainAsync(link), _sessions.RegisterAgainAsync(link), _projects.RegisterAgainAsync(link));
    }

    private async Task ObserveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for this: whatever it is, it is logged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CallbackFailed(_logger, exception);
        }
    }

    // Called with the lock held. What comes first is why.
    private void CloseBy(SessionCloseReason reason, string message)
    {
        if (_closedBy is not null)
            return;
        (_closedBy, _closeMessage) = (reason, message);
    }

    private void Become(RemoteSessionState state)
    {
        Volatile.Write(ref _state, (int)state);
        // Each by itself: what one throws does not concern the others.
        foreach (var listener in Delegate.EnumerateInvocationList(StateChanged))
            _callbacks.Add(() => listener(this, state));
    }

    private void CallbackFailed(Exception exception) => Log.CallbackFailed(_logger, exception);

    private async Task EndAsync()
    {
        lock (_gate)
            CloseBy(SessionCloseReason.ConnectionLost, $"The connection was lost, and there is no other one. {_lastFailure}".TrimEnd());
        Become(RemoteSessionState.Closed);
        Log.Closed(_logger, Id, _closedBy!.Value, _closeMessage);
        _pending.FailAll(ErrorReason.SessionClosed, $"Session {Id} is closed: {_closedBy}. {_closeMessage}".TrimEnd());
        _messages.AbandonAll();
        _callbacks.Add(_messages.Close);
        _callbacks.Complete();
        _projects.Close();
        if (_connection is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
        _pending.Dispose();
        _closedTold = await _closed.SetAsync().ConfigureAwait(false);
    }
}
