using System.Collections.Concurrent;
using System.Collections.Frozen;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Security;

namespace RabbitBridge.Sessions;

/// <summary>A session in this gateway: what it has registered, and what waits on its behalf.</summary>
internal sealed class Session : ISession
{
    private readonly ISessionHost _host;
    private readonly ConcurrentDictionary<MessagePath, IBranchHandler> _handlers = new();
    private readonly ConcurrentDictionary<MessagePath, IStreamReceiver> _streams = new();
    private readonly ConcurrentDictionary<string, IMessageSink> _messageHandlers = new(StringComparer.Ordinal);
    private readonly ClosedSignal _closed;
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, string> _properties;
    private CancellationTokenSource? _registering;
    private SessionCloseReason _closeReason = SessionCloseReason.ClosedByClient;
    // Ends when the session has, with what ends when its callbacks have run.
    private Task<Task>? _closing;

    public Session(ISessionHost host, SessionId id, string principal, FrozenDictionary<string, string> properties)
    {
        _host = host;
        Id = id;
        Principal = principal;
        _properties = properties;
        _closed = new ClosedSignal(this, CallbackFailed);
        Work = new SessionWork(id, host.MaxMessageBytes, host.Clock);
        (Messages, Sessions, Projects) = host.FeaturesOf(this);
    }

    public SessionId Id { get; }

    public string Principal { get; }

    /// <summary>Changed by the <see cref="SessionIndex"/> alone.</summary>
    public IReadOnlyDictionary<string, string> Properties
    {
        get => Volatile.Read(ref _properties);
        set
        {
            Volatile.Write(ref _properties, value);
            PropertiesChanged?.Invoke(value);
        }
    }

    /// <summary>For a remote session: tells its client of its new properties. Must not wait.</summary>
    public Action<IReadOnlyDictionary<string, string>>? PropertiesChanged { get; set; }

    public IMessages Messages { get; }

    public ISessions Sessions { get; }

    public IProjects Projects { get; }

    public CancellationToken Closed => _closed.Token;

    /// <summary>What it has under way.</summary>
    public SessionWork Work { get; }

    /// <summary>Whether the session is closed or being closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closing) is not null;

    /// <summary>Cancelled when the session begins to close: what it is about to register is given up. Few sessions ever ask for it.</summary>
    public CancellationToken Closing
    {
        get
        {
            lock (_gate)
            {
                if (IsClosed)
                    return new CancellationToken(canceled: true);
                return (_registering ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <exception cref="SessionClosedException">The session is closed.</exception>
    public void ThrowIfClosed()
    {
        if (IsClosed)
            throw new SessionClosedException($"Session {Id} is closed.");
    }

    /// <exception cref="AccessDeniedException">The session lacks the permission.</exception>
    public void Demand(Permission permission, MessagePath path)
    {
        if (!_host.Authorizer.IsPermitted(this, permission, path))
        {
            throw new AccessDeniedException(path.IsRoot
                ? $"Session {Id} lacks the permission {PermissionNames.Of(permission)}."
                : $"Session {Id} lacks the permission {PermissionNames.Of(permission)} on '{path}'.");
        }
    }

    /// <exception cref="HandlerConflictException">The session has a handler on the path.</exception>
    /// <exception cref="SessionClosedException">The session is closed.</exception>
    public void RememberHandler(IBranchHandler handler)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (!_handlers.TryAdd(handler.Branch, handler))
                throw new HandlerConflictException($"Session {Id} already has a handler on '{handler.Branch}'; close that registration first.");
        }
    }

    /// <summary>How many handlers of requests and of messages it has.</summary>
    public int HandlerCount => _handlers.Count + _messageHandlers.Count;

    public bool Remembers(IBranchHandler handler) => _handlers.TryGetValue(handler.Branch, out var known) && known == handler;

    public bool ForgetHandler(IBranchHandler handler) =>
        _handlers.TryRemove(new KeyValuePair<MessagePath, IBranchHandler>(handler.Branch, handler));

    /// <summary>For a remote session: takes all requests for streams, of which only the client knows.</summary>
    public RequestReceiver? RemoteStreams { get; set; }

    /// <summary>Withdraws its handlers, as their registrations do.</summary>
    public Task WithdrawHandlersAsync() => Task.WhenAll(_handlers.Values.Select(handler => handler.CloseAsync()));

    public RequestReceiver? FindStream(MessagePath path) => _streams.GetValueOrDefault(path)?.Receiver ?? RemoteStreams;

    /// <exception cref="SessionClosedException">The session is closed.</exception>
    public IRequestStream? SetStream(MessagePath path, IStreamReceiver stream)
    {
        IStreamReceiver? previous;
        lock (_gate)
        {
            ThrowIfClosed();
            _streams.TryGetValue(path, out previous);
            _streams[path] = stream;
        }

        previous?.Receiver.Close();
        return previous?.Stream;
    }

    public IRequestStream? RemoveStream(MessagePath path)
    {
        if (!_streams.TryRemove(path, out var stream))
            return null;
        stream.Receiver.Close();
        return stream.Stream;
    }

    /// <summary>The names of its message handlers.</summary>
    public IEnumerable<string> MessageHandlers => _messageHandlers.Keys;

    public IMessageSink? FindMessageHandler(string name) => _messageHandlers.GetValueOrDefault(name);

    /// <exception cref="MessagingException">The session is closed, belongs to no project, or has such a handler.</exception>
    public void AddMessageHandler(string name, IMessageSink sink)
    {
        ProjectPayload.CheckNames(Properties.GetValueOrDefault(SessionProperty.Project)
            ?? throw new UnsupportedOperationException($"Session {Id} belongs to no project, and gets no messages of any."), name);
        lock (_gate)
        {
            ThrowIfClosed();
            if (!_messageHandlers.TryAdd(name, sink))
                throw new HandlerConflictException($"Session {Id} already has a message handler '{name}'; remove that one first.");
        }
    }

    public void RemoveMessageHandler(string name, IMessageSink sink) => _messageHandlers.TryRemove(new(name, sink));

    /// <summary>Why the session is closed, once it is.</summary>
    public SessionCloseReason CloseReason => _closeReason;

    public Task CloseAsync() => CloseAsync(SessionCloseReason.ClosedByClient);

    public Task CloseAsync(SessionCloseReason reason)
    {
        var (closing, _) = Close(reason);
        return CallbackScope.IsInside(this) ? closing : closing.Unwrap();
    }

    /// <summary>Whether another session has closed it: its client must not go on elsewhere.</summary>
    public bool IsEndedByAnother { get; private set; }

    /// <summary>Closes it for another session, which does not wait for what this one's callbacks do.</summary>
    /// <returns>Whether this has closed it, once no request can reach its handlers any more.</returns>
    public async Task<bool> EndAsync()
    {
        var (closing, isFirst) = Close(SessionCloseReason.ClosedByController, byAnother: true);
        await closing.ConfigureAwait(false);
        return isFirst;
    }

    private (Task<Task> Closing, bool IsFirst) Close(SessionCloseReason reason, bool byAnother = false)
    {
        lock (_gate)
        {
            if (_closing is not null)
                return (_closing, false);
            (_closeReason, IsEndedByAnother) = (reason, byAnother);
            _closing = CloseOnceAsync();
            return (_closing, true);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task<Task> CloseOnceAsync()
    {
        // The callers of CloseAsync hold the lock until here.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _host.Remove(this);
        if (_registering is not null)
            await _registering.CancelAsync().ConfigureAwait(false);
        var receivers = new List<RequestReceiver>();
        foreach (var path in _streams.Keys)
        {
            if (_streams.TryRemove(path, out var stream))
                receivers.Add(stream.Receiver);
        }

        var handlers = _handlers.Values;
        receivers.AddRange(handlers.Select(handler => handler.Receiver));
        Task tokenTold;
        try
        {
            await Task.WhenAll(handlers.Select(handler => _host.Handlers.WithdrawAsync(this, handler))).ConfigureAwait(false);
        }
        finally
        {
            // Whatever happens: it is found nowhere any more, and who waits for it must not wait for ever.
            _host.EndWorkOf(this);
            tokenTold = await _closed.SetAsync().ConfigureAwait(false);
        }

        // Last and elsewhere: a callback may wait for the close of its session, which has come this far then.
        return receivers.Count == 0
            ? tokenTold
            : Task.WhenAll(tokenTold, Task.Run(() => receivers.ForEach(receiver => CallbackScope.Run(this, receiver.Close, CallbackFailed))));
    }

    private void CallbackFailed(Exception exception) => Log.CallbackFailed(_host.Logger, exception, Id);
}
