using System.Collections.Concurrent;
using System.Text.Json;
using RabbitBridge.Fabric;
using RabbitBridge.Projects;
using RabbitBridge.Remote;
using RabbitBridge.Sessions;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>The Projects feature of a remote session.</summary>
internal sealed class RemoteProjects(ProjectSender sender, Session session, ClientShare share, ClientQueue queue)
{
    private readonly ConcurrentDictionary<string, RemoteMessageSink> _sinks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _requests = new();

    /// <summary>Sends a message or a request; messages have been handed over, in order, when this returns.</summary>
    /// <exception cref="MessagingException">It cannot be sent.</exception>
    public async Task<RemoteMessage> SendAsync(RemoteMessage message)
    {
        RemoteProjectSend what;
        try
        {
            what = JsonSerializer.Deserialize(message.Text, RemoteJson.Default.RemoteProjectSend)
                ?? throw new InvalidMessageDataException("The project message is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The project message cannot be read: {exception.Message}", exception);
        }

        // A client is not to be trusted with what handlers read.
        var payload = Utf8.WithoutMark(message.Payload);
        GatewayMessage.CheckPayload(payload.Span);
        // Each server is asked by a request of its own. What the client says of it is kept, too.
        var requests = Math.Max(1, what.Servers?.Count ?? 0);
        var bytes = payload.Length + ((long)sizeof(char) * message.Text.Length);
        share.CheckRequest(bytes);
        share.Opened(bytes, requests);
        try
        {
            return await (what.IsRequest ? AskAsync(message.Id, what, payload) : SendAsync(message.Id, what, payload)).ConfigureAwait(false);
        }
        finally
        {
            share.Closed(bytes, requests);
        }
    }

    /// <summary>The client does not wait any more.</summary>
    public void Cancel(long id)
    {
        if (_requests.TryRemove(id, out var request))
            request.Cancel();
    }

    /// <exception cref="MessagingException">The session belongs to no project, or has such a handler.</exception>
    public void AddHandler(string name)
    {
        var sink = new RemoteMessageSink(queue);
        session.AddMessageHandler(name, sink);
        _sinks[name] = sink;
    }

    public void RemoveHandler(string name)
    {
        if (_sinks.TryRemove(name, out var sink))
            session.RemoveMessageHandler(name, sink);
    }

    /// <summary>The client has its handlers elsewhere.</summary>
    public void RemoveHandlers()
    {
        foreach (var name in _sinks.Keys)
            RemoveHandler(name);
    }

    private static RemoteMessage Answer(long id, ReadOnlyMemory<byte> json) =>
        new(RemoteMessageType.Response, id) { ContentType = ContentTypes.Json, Payload = json };

    private async Task<RemoteMessage> SendAsync(long id, RemoteProjectSend what, ReadOnlyMemory<byte> payload)
    {
        var selection = new MessageSelection
        {
            Scope = what.Scope is null ? null : MessageScopes.Parse(what.Scope),
            ClientSessionId = what.ClientSessionId,
            User = what.User,
            HasRole = what.HasRole,
            HostName = what.HostName,
        };
        var receipts = await sender.SendAsync(session, what.Project, what.Handler, payload, selection, what.Servers, what.TraceParent, session.Closed).ConfigureAwait(false);
        List<RemoteReceipt> all =
        [
            .. receipts.Select(receipt => new RemoteReceipt(
                receipt.SessionId?.ToString(), receipt.ClientAddress, receipt.ClientHostName, MessageReceipt.NameOf(receipt.Status), receipt.Server)),
        ];
        return Answer(id, JsonSerializer.SerializeToUtf8Bytes(all, RemoteJson.Default.ListRemoteReceipt));
    }

    private async Task<RemoteMessage> AskAsync(long id, RemoteProjectSend what, ReadOnlyMemory<byte> payload)
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(session.Closed);
        if (!_requests.TryAdd(id, cancelled))
            throw new InvalidMessageDataException($"The request {id} is under way already; each needs a number of its own.");
        try
        {
            if (what.Servers is { Count: > 1 })
                throw new InvalidMessageDataException("A request goes to one server.");
            var answer = await sender.AskAsync(
                session, what.Project, what.Handler, payload, what.Servers?.FirstOrDefault(), what.Milliseconds, what.TraceParent, cancelled.Token).ConfigureAwait(false);
            return Answer(id, answer);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested && !session.IsClosed)
        {
            // The client has forgotten the number already, and drops this.
            return RemoteMessage.Failed(id, ErrorReason.RequestTimeOut, "The request was cancelled.");
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }
}
