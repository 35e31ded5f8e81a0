using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;

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
    // Transitions, and signals that wait for those before them.
    private readonly Channel<object> _transitions =
        Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private volatile bool _isRemoved;

    public ListenerRegistration(
        Session session, ISessionListener listener, SessionListenerOptions options, SessionListeners listeners, ILogger logger)
    {
        (_session, _listener, _filter, _listeners, _logger) = (session, listener, options.Filter, listeners, logger);
        _properties = PropertySelection.Of(options.Properties);
        // Nobody waits for the last event, but nothing escapes the loop either.
        _ = Task.Run(PassAllAsync);
    }

    public void On(SessionTransition transition) => _transitions.Writer.TryWrite(transition);

    /// <summary>Completes when the listener has been told all that has come.</summary>
    public Task PassedAsync()
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _transitions.Writer.TryWrite(passed) ? passed.Task : Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _isRemoved = true;
        _listeners.Remove(this);
        _transitions.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task PassAllAsync()
    {
        await foreach (var next in _transitions.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (next is TaskCompletionSource passed)
            {
                passed.SetResult();
                continue;
            }

            var transition = (SessionTransition)next;
            try
            {
                // Here and not where the event comes from: a filter may be slow, or fail.
                if ((IsOfInterest(transition.After) || IsOfInterest(transition.Before)) && !_isRemoved)
                    Pass(transition);
            }
#pragma warning disable CA1031 // Whatever a listener or its filter throws is logged and goes no further.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.CallbackFailed(_logger, exception, _session.Id);
            }
        }
    }

    private bool IsOfInterest(IReadOnlyDictionary<string, string>? properties) => properties is not null && _filter.Matches(properties);

    private void Pass(SessionTransition transition)
    {
        var (session, before, after, reason) = transition;
        var properties = _properties.From((after ?? before)!) ?? new Dictionary<string, string>();
        if (after is null)
            _listener.OnClosed(session, properties, reason);
        else if (before is null)
            _listener.OnOpened(session, properties);
        else
            _listener.OnPropertiesChanged(session, properties, SessionTransition.Changed(before, after));
    }
}
