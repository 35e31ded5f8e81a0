using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RabbitBridge.Client.Diagnostics;
using RabbitBridge.Client.Sessions;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Projects;

/// <summary>The Projects feature of a remote session.</summary>
internal sealed class ClientProjects : IProjects
{
    private const int MaxQueued = 10_000;
    private const int MaxQueuedBytes = 64 * 1024 * 1024;

    private static readonly MessageSelection Everything = new();

    private readonly RemoteSession _session;
    private readonly ILogger _logger;
    private readonly MessagePump _queue;
    private readonly ConcurrentDictionary<string, ClientMessageHandler> _handlers = new(StringComparer.Ordinal);

    public ClientProjects(RemoteSession session, ILogger logger)
    {
        (_session, _logger) = (session, logger);
        _queue = new MessagePump(MaxQueued, MaxQueuedBytes, count => Log.ProjectMessagesDroppedAtEnd(logger, count), session.Closed);
    }

    public async Task<IReadOnlyList<MessageReceipt>> SendMessageAsync(
        string project,
        string messageHandler,
        object? payload = null,
        MessageSelection? selection = null,
        IReadOnlyList<string>? remoteServers = null,
        CancellationToken cancellationToken = default)
    {
        selection ??= Everything;
        var what = new RemoteProjectSend
        {
            Project = project,
            Handler = messageHandler,
            Scope = selection.Scope is { } scope ? MessageScopes.Format(scope) : null,
            ClientSessionId = selection.ClientSessionId,
            User = selection.User,
            HasRole = selection.HasRole,
            HostName = selection.HostName,
            Servers = remoteServers?.ToList(),
        };
        var reply = await SendAsync(what, payload, cancellationToken).ConfigureAwait(false);
        var receipts = JsonSerializer.Deserialize(reply.Payload.Span, RemoteJson.Default.ListRemoteReceipt) ?? [];
        return
        [
            .. receipts.Select(receipt => MessageReceipt.Of(
                project, messageHandler, selection, receipt.Session, receipt.Address, receipt.Host, MessageReceipt.StatusOf(receipt.Status), receipt.Server)),
        ];
    }

    public async Task<TResponse> SendRequestAsync<TResponse>(
        string project,
        string messageHandler,
        object? payload = null,
        string? remoteServer = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var what = new RemoteProjectSend
        {
            Project = project,
            Handler = messageHandler,
            IsRequest = true,
            Servers = remoteServer is null ? null : [remoteServer],
            Milliseconds = timeout is { } time ? RequestTimeout.Milliseconds(time) : _session.RequestMilliseconds,
        };
        return ProjectPayload.Read<TResponse>((await SendAsync(what, payload, cancellationToken).ConfigureAwait(false)).Payload);
    }

    public async Task<IAsyncDisposable> AddMessageHandlerAsync(string messageHandler, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _session.ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        var made = new ClientMessageHandler(messageHandler, handler, RegisterAsync, RemoveAsync);
        if (!_handlers.TryAdd(messageHandler, made))
            throw new HandlerConflictException($"Session {_session.Id} already has a message handler '{messageHandler}'; remove that one first.");
        try
        {
            await made.Registration.RegisterAsync(_session, () => RemoveAsync(made), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _handlers.TryRemove(new(messageHandler, made));
            throw;
        }

        return made;
    }

    /// <summary>A message for a handler of this client.</summary>
    public void OnMessage(RemoteMessage message)
    {
        if (!_queue.TryAdd(new ClientMessageJob(message, Find, _session.Work.Server, _logger)))
            Log.ProjectMessageDropped(_logger, MaxQueued, MaxQueuedBytes);
    }

    /// <summary>Registers everything in a new session.</summary>
    /// <exception cref="CommunicationFailureException">That session is lost as well.</exception>
    public Task RegisterAgainAsync(RemoteLink link) => Task.WhenAll(_handlers.Values.Select(handler =>
        handler.Registration.RegisterAgainAsync(_session, link, exception => Log.NotRegisteredAgain(_logger, handler.Name, exception.Message))));

    /// <summary>The session is over.</summary>
    public void Close() => _queue.Complete();

    private IMessageHandler? Find(string name) => _handlers.GetValueOrDefault(name)?.Handler;

    private Task<RemoteMessage> SendAsync(RemoteProjectSend what, object? payload, CancellationToken cancellationToken)
    {
        ProjectPayload.CheckNames(what.Project, what.Handler);
        var json = ProjectPayload.Write(payload);
        if (json.Length > _session.Work.MaxMessageBytes)
            throw new InvalidMessageDataException($"A payload of {json.Length} bytes is larger than the {_session.Work.MaxMessageBytes} bytes that may be sent.");
        var operation = ClientTelemetry.Messaging.StartProjectSend(_session.Work.Server, what.Project, what.Handler, _session.Id);
        what = what with { TraceParent = operation?.TraceParent ?? Activity.Current?.Id };
        var sending = _session.AskAsync(
            new RemoteMessage(RemoteMessageType.ProjectSend)
            {
                Text = JsonSerializer.Serialize(what, RemoteJson.Default.RemoteProjectSend),
                Payload = json,
            },
            cancellationToken,
            what is { IsRequest: true, Milliseconds: { } time } ? time : 0);
        return MessagingOperation.EndWithAsync(operation, sending);
    }

    private Task<RemoteMessage> RegisterAsync(ClientMessageHandler handler, RemoteLink link) =>
        _session.AskAsync(new RemoteMessage(RemoteMessageType.AddMessageHandler) { Text = handler.Name }, link);

    private async Task RemoveAsync(ClientMessageHandler handler)
    {
        if (await handler.Registration.CloseAsync().ConfigureAwait(false) is { } link && !_session.IsClosed)
        {
            try
            {
                await _session.AskAsync(new RemoteMessage(RemoteMessageType.RemoveMessageHandler) { Text = handler.Name }, link).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SessionClosedException or CommunicationFailureException)
            {
                // The registration has gone with the session.
            }
        }

        _handlers.TryRemove(new(handler.Name, handler));
    }
}
