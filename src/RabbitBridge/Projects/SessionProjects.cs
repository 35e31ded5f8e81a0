using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Sessions;

namespace RabbitBridge.Projects;

/// <summary>The Projects feature of a session in this gateway.</summary>
internal sealed class SessionProjects(Session session, ProjectSender sender, ProjectHost host, ILogger logger, Telemetry telemetry) : IProjects
{
    private static readonly MessageSelection Everything = new();

    private readonly Lazy<MessagePump> _queue = new(() => host.NewQueue(session.Closed));

    public async Task<IReadOnlyList<MessageReceipt>> SendMessageAsync(
        string project,
        string messageHandler,
        object? payload = null,
        MessageSelection? selection = null,
        IReadOnlyList<string>? remoteServers = null,
        CancellationToken cancellationToken = default) =>
        await sender.SendAsync(session, project, messageHandler, ProjectPayload.Write(payload), selection ?? Everything, remoteServers, traceParent: null, cancellationToken).ConfigureAwait(false);

    public async Task<TResponse> SendRequestAsync<TResponse>(
        string project,
        string messageHandler,
        object? payload = null,
        string? remoteServer = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        int? milliseconds = timeout is { } time ? RequestTimeout.Milliseconds(time) : null;
        var answer = await sender.AskAsync(session, project, messageHandler, ProjectPayload.Write(payload), remoteServer, milliseconds, traceParent: null, cancellationToken).ConfigureAwait(false);
        return ProjectPayload.Read<TResponse>(answer);
    }

    public Task<IAsyncDisposable> AddMessageHandlerAsync(string messageHandler, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        try
        {
            var sink = new QueuedSink(handler, _queue, logger, telemetry);
            session.AddMessageHandler(messageHandler, sink);
            return Task.FromResult<IAsyncDisposable>(new SinkRegistration(() => session.RemoveMessageHandler(messageHandler, sink)));
        }
        catch (MessagingException exception)
        {
            return Task.FromException<IAsyncDisposable>(exception);
        }
    }
}
