using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Projects;

/// <summary>The message handlers of a gateway.</summary>
internal sealed class ProjectHost(GatewayOptions options, ILogger logger, Telemetry telemetry) : IGatewayProjects, IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Project, string Name), GatewayHandler> _handlers = new();
    private readonly ConcurrentDictionary<string, MessagePump> _shared = new(StringComparer.Ordinal);
    // Those too whose handlers were removed, until their last message is handled.
    private readonly ConcurrentDictionary<MessagePump, bool> _queues = new();
    private readonly CancellationTokenSource _stopping = new();

    public IReadOnlyList<string> Names => [.. _handlers.Keys.Select(key => key.Project).Distinct().Order(StringComparer.Ordinal)];

    public IDisposable AddMessageHandler(string project, string messageHandler, IMessageHandler handler, MessageHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ProjectPayload.CheckNames(project, messageHandler);
        options ??= new MessageHandlerOptions();
        RequestTimeout.Milliseconds(options.TimeLimit, "A message handler's time limit");
        var isShared = options.Threading == HandlerThreading.Shared;
        var queue = isShared ? _shared.GetOrAdd(project, static (_, host) => host.NewQueue(), this) : NewQueue();
        var made = new GatewayHandler(handler, options, queue, logger, telemetry);
        if (!_handlers.TryAdd((project, messageHandler), made))
        {
            if (!isShared)
                queue.Complete();
            throw new HandlerConflictException($"The project '{project}' has a message handler '{messageHandler}' already.");
        }

        return new Registration(() =>
        {
            if (_handlers.TryRemove(new((project, messageHandler), made)) && !isShared)
                queue.Complete();
        });
    }

    /// <summary>The handlers, by project and name.</summary>
    public IEnumerable<(string Project, string Name)> Keys => _handlers.Keys;

    public GatewayHandler? Find(string project, string name) => _handlers.GetValueOrDefault((project, name));

    /// <summary>A queue that ends with a session.</summary>
    public MessagePump NewQueue(CancellationToken stopping) => new(options.MaxQueuedProjectMessages, options.MaxQueuedProjectBytes, count => Log.MessagesDropped(logger, count), stopping);

    /// <summary>Takes no more, and waits until what waits in the queues has been handled or the time is over.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        foreach (var queue in _queues.Keys)
            queue.Complete();
        await HandledAsync(limit).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            Log.MessageHandlerCallbackFailed(logger, exception);
        }

        // What was in hand is answered before the gateway disconnects.
        await HandledAsync(AnswerLimit).ConfigureAwait(false);
    }

    private async Task HandledAsync(TimeSpan limit)
    {
        using var over = new CancellationTokenSource();
        await Task.WhenAny(Task.WhenAll(_queues.Keys.Select(queue => queue.Completion)), Task.Delay(limit, options.TimeProvider, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private MessagePump NewQueue()
    {
        var queue = NewQueue(_stopping.Token);
        _queues[queue] = true;
        _ = ForgetAsync(queue);
        return queue;
    }

    private async Task ForgetAsync(MessagePump queue)
    {
        await queue.Completion.ConfigureAwait(false);
        _queues.TryRemove(queue, out _);
    }

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
