using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Sessions;

/// <summary>A session listener: what the gateway tells is passed on in order, off the thread that reads the connection. After a failover it hears only what is new.</summary>
internal sealed class ClientListener : IAsyncDisposable
{
    private readonly ISessionListener _listener;
    private readonly Func<ClientListener, Task> _remove;
    private readonly ILogger _logger;
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private volatile bool _isClosed;

    public ClientListener(ISessionListener listener, SessionListenerOptions options, Func<ClientListener, RemoteLink, Task> register, Func<ClientListener, Task> remove, ILogger logger)
    {
        (_listener, Options, _remove, _logger) = (listener, options, remove, logger);
        Registration = new LastingRegistration(link => register(this, link));
        // Nobody waits for the last event, but nothing escapes the loop either.
        _ = Task.Run(PassAllAsync);
    }

    public SessionListenerOptions Options { get; }

    public LastingRegistration Registration { get; }

    /// <summary>Its number in the present session.</summary>
    public long Id { get; set; }

    public void On(RemoteMessage what) => _events.Writer.TryWrite(() => Pass(what));

    /// <summary>It hears nothing more.</summary>
    public void Close()
    {
        _isClosed = true;
        _events.Writer.TryComplete();
    }

    /// <summary>Completes when the listener has been told of all that has come.</summary>
    public Task PassedAsync()
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _events.Writer.TryWrite(passed.SetResult) ? passed.Task : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _remove(this).ConfigureAwait(false);
    }

    private async Task PassAllAsync()
    {
        await foreach (var pass in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                pass();
            }
#pragma warning disable CA1031 // Whatever a listener throws is logged and goes no further.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.CallbackFailed(_logger, exception);
            }
        }
    }

    private void Pass(RemoteMessage what)
    {
        if (_isClosed)
            return;
        var session = what.Session.GetValueOrDefault();
        var properties = what.Properties ?? new Dictionary<string, string>();
        if (what.Count == (int)RemoteEventKind.Opened)
            _listener.OnOpened(session, properties);
        else if (what.Count == (int)RemoteEventKind.Closed)
            _listener.OnClosed(session, properties, (SessionCloseReason)what.Reason);
        else
            _listener.OnPropertiesChanged(session, properties, what.Values ?? new Dictionary<string, string?>());
    }
}
