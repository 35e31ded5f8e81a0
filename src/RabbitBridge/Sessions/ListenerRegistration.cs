using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Messages;

namespace RabbitBridge.Sessions;

/// <summary>A session listener: what is of interest to it is passed on in order, off the threads that bring it.</summary>
internal sealed class ListenerRegistration : IAsyncDisposable
{
    private readonly ISessionListener _listener;
    private readonly SessionFilter _filter;
    private readonly PropertySelection _properties;
    private readonly Session _session;
    private readonly SessionListeners _listeners;
    private readonly ILogger _logger;
    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>(new UnboundedChannelOptions { SingleReader = true });

    public ListenerRegistration(
        Session session, ISessionListener listener, SessionListenerOptions options, SessionListeners listeners, ILogger logger)
    {
        (_session, _listener, _filter, _listeners, _logger) = (session, listener, options.Filter, listeners, logger);
        _properties = PropertySelection.Of(options.Properties);
        // Nobody waits for the last event, but nothing escapes the loop either.
        _ = Task.Run(PassAllAsync);
    }

    /// <summary>Takes an event.</summary>
    /// <param name="what">The event.</param>
    /// <param name="before">The properties before it, if there were others.</param>
    public void On(SessionEvent what, IReadOnlyDictionary<string, string>? before)
    {
        if (_filter.Matches(what.Properties) || (before is not null && _filter.Matches(before)))
            _events.Writer.TryWrite(what);
    }

    public ValueTask DisposeAsync()
    {
        _listeners.Remove(this);
        _events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task PassAllAsync()
    {
        await foreach (var what in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Pass(what);
            }
#pragma warning disable CA1031 // Whatever a listener throws is logged and goes no further.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.CallbackFailed(_logger, exception, _session.Id);
            }
        }
    }

    private void Pass(SessionEvent what)
    {
        var properties = _properties.From(what.Properties) ?? new Dictionary<string, string>();
        switch (what.Kind)
        {
            case SessionEventKind.Opened:
                _listener.OnOpened(what.Session, properties);
                break;
            case SessionEventKind.Changed:
                _listener.OnPropertiesChanged(what.Session, properties, what.Previous);
                break;
            case SessionEventKind.Closed:
                _listener.OnClosed(what.Session, properties, what.CloseReason);
                break;
        }
    }
}
