using System.Collections.Concurrent;
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

/// <summary>A session at a gateway elsewhere. It outlives its connections, and its gateways: at each of them it is another <see cref="GatewaySession"/>.</summary>
internal sealed class RemoteSession : IRemoteSession
{
    private const string CommunicationLost = "The gateway was lost while the request was under way; whether it was executed is not known.";

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RegistrationLimit = TimeSpan.FromSeconds(10);

    private readonly ClientOptions _options;
    private readonly Connector _connector;
    private readonly ILogger _logger;
    private readonly PendingReplies _pending;
    private readonly Backoff _backoff = new();
    private readonly ClientMessages _messages;
    private readonly ClientSessions _sessions;
    private readonly ClientProjects _projects;
    private readonly ClientFabric _fabric;
    private readonly ClosedSignal _closed;
    private readonly CallbackQueue _callbacks;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    // Those that this client has moved away from, until what is under way there has ended.
    private readonly ConcurrentDictionary<GatewaySession, Task> _left = new();
    // There is one from when the session is opened, before anybody gets hold of this.
    private GatewaySession _present = null!;
    private IReadOnlyDictionary<string, string> _properties = new Dictionary<string, string>();
    private Task _running = Task.CompletedTask;
    private Task _closedTold = Task.CompletedTask;
    private SessionCloseReason? _closedBy;
    private string _closeMessage = string.Empty;
    private string _lastFailure = string.Empty;
    private int _state;

    public RemoteSession(ClientOptions options, Connector connector)
    {
        (_options, _connector) = (options, connector);
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("RabbitBridge.Client");
        Work = new ClientWork(options.TimeProvider, CallbackFailed);
        _pending = new PendingReplies(Work);
        _closed = new ClosedSignal(this, CallbackFailed);
        _callbacks = new CallbackQueue(this, CallbackFailed);
        _messages = new ClientMessages(this, _logger);
        _sessions = new ClientSessions(this, _logger);
        _projects = new ClientProjects(this, _logger);
        _fabric = new ClientFabric(this);
    }

    public event Action<IRemoteSession, RemoteSessionState>? StateChanged;

    public SessionId Id => Present.Id;

    public string Principal => Present.Opened.Principal;

    public string Gateway => Present.Opened.Gateway;

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
    public RemoteLink Link => Present.Link;

    public ClientWork Work { get; }

    /// <summary>The time of a request that names none; 0 for no limit.</summary>
    public int RequestMilliseconds => Present.Opened.RequestMilliseconds;

    private GatewaySession Present => Volatile.Read(ref _present);

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

    /// <summary>When the client gives up what has so much time, in milliseconds of its clock; 0 for never, as is 0 of time.</summary>
    public long Deadline(int milliseconds) => _pending.Deadline(milliseconds);

    /// <summary>Sends what is answered.</summary>
    /// <exception cref="MessagingException">The session is closed, or too much waits for a connection.</exception>
    public void Ask(PendingReply pending, RemoteMessage message)
    {
        var present = Present;
        while (!present.TryAsk())
            present = Present;
        try
        {
            Ask(pending, message, present.Link);
        }
        finally
        {
            present.AskEnds();
        }
    }

    /// <summary>Sends what is answered, and waits for the answer.</summary>
    /// <param name="message">What is asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="milliseconds">How long to wait; 0 for no limit.</param>
    public Task<RemoteMessage> AskAsync(RemoteMessage message, CancellationToken cancellationToken, int milliseconds = 0)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<RemoteMessage>(cancellationToken);
        var pending = new PendingResponse<RemoteMessage>(static reply => reply) { Deadline = Deadline(milliseconds), Bytes = message.Payload.Length };
        try
        {
            Ask(pending, message);
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
    /// <exception cref="CommunicationFailureException">That session has ended.</exception>
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
        _messages.BeginNothingMore();
        foreach (var former in _left.Keys)
            former.Link.Post(new RemoteMessage(RemoteMessageType.Close));
        if (!IsClosed && State != RemoteSessionState.Disconnected)
        {
            Link.Post(new RemoteMessage(RemoteMessageType.Close));
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

    private void Ask(PendingReply pending, RemoteMessage message, RemoteLink link, Action<long>? onNumbered = null)
    {
        ThrowIfClosed();
        if (link.QueuedBytes > Present.Opened.MaxQueueBytes)
            throw new OverloadedException($"{link.QueuedBytes} bytes wait to be sent, as many as may.");
        pending.Link = link;
        var id = _pending.Add(pending);
        onNumbered?.Invoke(id);
        message.Id = id;
        link.Post(message);
        // What ends everything may have looked before this was among it.
        if (IsClosed)
            _pending.FailAll(ErrorReason.SessionClosed, $"Session {Id} is closed.");
        else if (link.IsClosed && _pending.Remove(pending))
            pending.Fail(new CommunicationFailureException(CommunicationLost));
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var present = _present;
                await Task.WhenAny(present.Lost, present.SentAway).WaitAsync(_stopping.Token).ConfigureAwait(false);
                if (!present.Lost.IsCompleted)
                {
                    await MoveAsync(present).ConfigureAwait(false);
                    continue;
                }

                var reason = await present.Lost.ConfigureAwait(false);
                present.Link.Detach();
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
            var (former, present) = (_present, await ConnectAsync(both.Token).ConfigureAwait(false));
            if (present != former)
            {
                await EndAsync(former, CommunicationLost).ConfigureAwait(false);
                // Not awaited here: its answers come over the connection that this loop watches.
                RunUnawaited(() => RegisterAgainAsync(present));
            }

            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (SessionClosedException exception)
        {
            // Somebody wanted it to end, while there was no connection by which to tell.
            lock (_gate)
                CloseBy(SessionCloseReason.ClosedByController, exception.Message);
            return false;
        }
        catch (MessagingException exception)
        {
            // The gateways do not let the principal in any more.
            _lastFailure = exception.Message;
            return false;
        }
    }

    /// <summary>
    /// Goes to another gateway while this one still serves the client: first everything is registered there, then the registrations here are withdrawn, and what is
    /// under way here comes to its end. Stays if no other gateway takes the client (F2).
    /// </summary>
    private async Task MoveAsync(GatewaySession former)
    {
        Log.Moving(_logger, former.Id, former.Opened.Gateway, await former.TakeSentAway().ConfigureAwait(false));
        // The same address may lead to another gateway, through a balancer.
        foreach (var address in _options.Addresses.Where(each => each != former.Address).Append(former.Address))
        {
            if (former.Lost.IsCompleted)
                return;
            if (await TryMoveAsync(address, former).ConfigureAwait(false) is not { } present)
                continue;
            RunUnawaited(() => RegisterAgainAsync(present));
            var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _left[former] = left.Task;
            // The application may have closed the session meanwhile, and told one gateway only.
            if (_closedBy is not null)
            {
                present.Link.Post(new RemoteMessage(RemoteMessageType.Close));
                former.Link.Post(new RemoteMessage(RemoteMessageType.Close));
            }

            RunUnawaited(() => LeaveAsync(former, left));
            return;
        }

        if (!former.Lost.IsCompleted)
            former.Stay();
    }

    private async Task<GatewaySession?> TryMoveAsync(Uri address, GatewaySession former)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        attempt.CancelAfter(_options.ConnectTimeout);
        try
        {
            var connecting = ConnectAsync(address, resumption: null, attempt.Token);
            // What has happened then is to be dealt with at once, within the grace period.
            if (await Task.WhenAny(connecting, former.Lost).ConfigureAwait(false) != connecting)
                await attempt.CancelAsync().ConfigureAwait(false);
            return await connecting.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the former gateway serves the client as before.
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.AttemptFailed(_logger, address, exception.Message);
            return null;
        }
    }

    private async Task LeaveAsync(GatewaySession former, TaskCompletionSource left)
    {
        try
        {
            GatewaySession present;
            // The next gateway may have been lost as well before all was registered there.
            do
            {
                present = Present;
                // What cannot be registered for a long time must not keep the client in two sessions.
                await Task.WhenAny(present.Registered, former.Lost, Task.Delay(RegistrationLimit, _stopping.Token)).ConfigureAwait(false);
            }
            while (present != Present && !former.Lost.IsCompleted);
            await former.LeaveAsync().ConfigureAwait(false);
            await former.Lost.ConfigureAwait(false);
            await EndAsync(former, CommunicationLost).ConfigureAwait(false);
        }
        finally
        {
            _left.TryRemove(former, out _);
            left.SetResult();
        }
    }

    /// <summary>Nothing comes from a gateway any more.</summary>
    private async Task EndAsync(GatewaySession former, string message)
    {
        former.Link.Close();
        _pending.FailAll(ErrorReason.CommunicationFailure, message, former.Link);
        _messages.AbandonAll(former.Link);
        await former.DisconnectAsync().ConfigureAwait(false);
    }

    /// <summary>Tries all addresses in turn, that of the last connection first, until one answers.</summary>
    /// <returns>The session that goes on, or a new one.</returns>
    private async Task<GatewaySession> ConnectAsync(CancellationToken cancellationToken)
    {
        var former = _present;
        var isFirst = former is null;
        if (!_backoff.HasLasted && former is not { WasSentAway: true })
            await Task.Delay(_backoff.Next(), cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var (faults, hasChance) = (new List<CommunicationFailureException>(), false);
            var last = former?.Address ?? _options.Addresses[0];
            var others = _options.Addresses.Where(each => each != last);
            foreach (var address in (former is { WasSentAway: true } ? others.Append(last) : others.Prepend(last)).ToArray())
            {
                try
                {
                    return await ConnectAsync(address, former?.Resumption, cancellationToken).ConfigureAwait(false);
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

    private async Task<GatewaySession> ConnectAsync(Uri address, ResumeRequest? resumption, CancellationToken cancellationToken)
    {
        var former = _present;
        var lost = GatewaySession.NewSignal();
        // Frames of a new session may come before its reply has been looked at.
        var arrived = new TaskCompletionSource<GatewaySession>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (connection, reply) = await _connector.ConnectAsync(address, resumption, frame => OnFrameAsync(frame, arrived.Task), cancellationToken).ConfigureAwait(false);
        connection.Closed += exception =>
        {
            lost.TrySetResult(exception?.Message ?? "it was closed");
            return Task.CompletedTask;
        };
        if (connection.State != HubConnectionState.Connected)
            lost.TrySetResult("it was closed");
        var present = reply.Resumed ? former : new GatewaySession(address, reply, OnMessage);
        await present.ConnectedAsync(address, connection, reply, lost).ConfigureAwait(false);
        try
        {
            present.Attach();
        }
        catch (RemoteProtocolException exception)
        {
            present.Break(exception.Message);
            await present.DisconnectAsync().ConfigureAwait(false);
            throw new CommunicationFailureException($"{address} does not answer as a gateway: {exception.Message}", exception);
        }

        _backoff.Connected();
        Volatile.Write(ref _present, present);
        Work.MaxMessageBytes = reply.MaxMessageBytes;
        Work.Server = new MessagingServer(MessagingServer.RabbitBridge, address.IdnHost, address.Port);
        Volatile.Write(ref _properties, reply.Properties);
        if (!reply.Resumed && former is not null)
            Log.FailedOver(_logger, former.Id, Id, reply.Gateway);
        if (reply.Resumed)
            Log.Reconnected(_logger, Id, reply.Gateway);
        Become(reply.Resumed ? RemoteSessionState.Reconnected : former is null ? RemoteSessionState.Active : RemoteSessionState.FailedOver);
        // Who has an answer over the connection finds the session connected.
        arrived.SetResult(present);
        return present;
    }

    private async Task OnFrameAsync(byte[] frame, Task<GatewaySession> arrived)
    {
        var from = await arrived.ConfigureAwait(false);
        try
        {
            from.Link.OnFrame(frame);
        }
        catch (RemoteProtocolException exception)
        {
            Log.ProtocolBroken(_logger, exception.Message);
            // What the frame held before the fault has been received, and what is behind it is lost: only a new session knows where it stands.
            from.Break(exception.Message);
        }
    }

    private void OnMessage(GatewaySession from, RemoteMessage message)
    {
        switch (message.Type)
        {
            case RemoteMessageType.Delivery:
                _messages.Deliver(message, from.Link);
                break;
            case RemoteMessageType.Cancel:
                _messages.Abandon(message.Id, from.Link);
                break;
            case RemoteMessageType.SessionEvent:
                _sessions.OnEvent(message);
                break;
            case RemoteMessageType.ProjectMessage:
                _projects.OnMessage(message);
                break;
            case RemoteMessageType.Properties when from == Present:
                Volatile.Write(ref _properties, message.Properties ?? new Dictionary<string, string>());
                break;
            case RemoteMessageType.Properties:
                break;
            case RemoteMessageType.Closed when from != Present:
                from.End(message.Text);
                break;
            case RemoteMessageType.Closed when message.Reason == (int)SessionCloseReason.FailedOver:
                from.SendAway(message.Text);
                break;
            case RemoteMessageType.Closed:
                lock (_gate)
                    CloseBy((SessionCloseReason)message.Reason, message.Text);
                from.End(message.Text);
                break;
            default:
                _pending.Take(message);
                break;
        }
    }

    private async Task RegisterAgainAsync(GatewaySession present)
    {
        var link = present.Link;
        try
        {
            await Task.WhenAll(_messages.RegisterAgainAsync(link), _sessions.RegisterAgainAsync(link), _projects.RegisterAgainAsync(link)).ConfigureAwait(false);
        }
        finally
        {
            present.EndRegistering();
        }
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
        _messages.BeginNothingMore();
        _pending.FailAll(ErrorReason.SessionClosed, $"Session {Id} is closed: {_closedBy}. {_closeMessage}".TrimEnd());
        _callbacks.Add(_messages.Close);
        _callbacks.Complete();
        _projects.Close();
        foreach (var former in _left.Keys)
            former.End("The session is closed.");
        await EndAsync(_present, CommunicationLost).ConfigureAwait(false);
        await Task.WhenAll(_left.Values).ConfigureAwait(false);
        await Work.DisposeAsync().ConfigureAwait(false);
        _closedTold = await _closed.SetAsync().ConfigureAwait(false);
    }
}
