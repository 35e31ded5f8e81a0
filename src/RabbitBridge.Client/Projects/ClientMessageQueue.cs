using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Projects;

/// <summary>The messages that wait for the handlers of this client: handled one after the other, in the order in which they came.</summary>
internal sealed class ClientMessageQueue
{
    private const int MaxQueued = 10_000;

    // The same as a gateway gives its own handlers.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly Channel<RemoteMessage> _messages = Channel.CreateBounded<RemoteMessage>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly Func<string, IMessageHandler?> _find;
    private readonly ILogger _logger;
    private readonly CancellationToken _closed;

    /// <param name="find">Finds a handler by its name.</param>
    /// <param name="logger">Where failures go.</param>
    /// <param name="closed">Cancelled when the session is over.</param>
    public ClientMessageQueue(Func<string, IMessageHandler?> find, ILogger logger, CancellationToken closed)
    {
        (_find, _logger, _closed) = (find, logger, closed);
        // Nobody waits for the last message, but nothing escapes the loop either.
        _ = Task.Run(HandleAllAsync, CancellationToken.None);
    }

    public void Add(RemoteMessage message)
    {
        if (!_messages.Writer.TryWrite(message))
            Log.ProjectMessageDropped(_logger, MaxQueued);
    }

    /// <summary>Takes no more. The session is over, and what waits is dropped.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    private async Task HandleAllAsync()
    {
        var dropped = 0;
        await foreach (var message in _messages.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (_closed.IsCancellationRequested)
            {
                dropped++;
                continue;
            }

            try
            {
                await HandleAsync(message).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever a handler throws is logged and goes no further.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.CallbackFailed(_logger, exception);
            }
        }

        if (dropped > 0)
            Log.ProjectMessagesDroppedAtEnd(_logger, dropped);
    }

    private async Task HandleAsync(RemoteMessage message)
    {
        var header = JsonSerializer.Deserialize(message.Text, RemoteJson.Default.RemoteProjectMessage)!;
        // It was removed while the message was on its way.
        if (_find(header.Handler) is not { } handler)
            return;
        var delivered = new ProjectMessage(header.Project, header.Handler, message.Payload)
        {
            Sender = SessionId.Parse(header.Sender),
            Principal = header.Principal,
            Roles = header.Roles,
        };
        var (isInTime, _) = await MessageHandlerCall.RunAsync(
            handler, delivered, TimeLimit, exception => Log.CallbackFailed(_logger, exception), _closed).ConfigureAwait(false);
        if (!isInTime && !_closed.IsCancellationRequested)
            Log.MessageHandlerTooSlow(_logger, header.Handler, TimeLimit);
    }
}
