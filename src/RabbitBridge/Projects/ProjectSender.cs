using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Messages;
using RabbitBridge.Routing;
using RabbitBridge.Sessions;

namespace RabbitBridge.Projects;

/// <summary>Sends the project messages of a gateway's sessions. Payloads and answers are bytes: remote sessions write and read them elsewhere.</summary>
internal sealed class ProjectSender(RequestSender sender, ProjectDistributor distributor, Roster roster, IFabric fabric, string name, ILogger logger)
{
    // Each gets a message of its own, and a line in the log if it is not known.
    private const int MaxServers = 1000;

    private const int MaxShown = 1000;

    /// <summary>Sends a message; it has been handed over, in order, when this returns.</summary>
    /// <returns>The receipts of each server in turn.</returns>
    /// <exception cref="MessagingException">It cannot be sent.</exception>
    public Task<List<MessageReceipt>> SendAsync(
        Session session,
        string project,
        string messageHandler,
        ReadOnlyMemory<byte> payload,
        MessageSelection selection,
        IReadOnlyList<string>? servers,
        string? traceParent,
        CancellationToken cancellationToken)
    {
        Check(session, project, messageHandler, payload);
        CheckServers(servers ?? []);
        // Says so if it is none.
        MessageScopes.Format(selection.EffectiveScope);
        if (servers is null or { Count: 0 })
            servers = [name];
        var operation = Start(session, project, messageHandler, ref traceParent);
        var what = Describe(session, project, messageHandler, traceParent, selection);
        return MessagingOperation.EndWithAsync(operation, DeliverAsync(session, what, payload, selection, servers, cancellationToken), Error);
    }

    /// <summary>Sends a request to a gateway's handler.</summary>
    /// <returns>Its answer, in JSON.</returns>
    /// <exception cref="MessagingException">There is none.</exception>
    public Task<ReadOnlyMemory<byte>> AskAsync(
        Session session,
        string project,
        string messageHandler,
        ReadOnlyMemory<byte> payload,
        string? server,
        int? milliseconds,
        string? traceParent,
        CancellationToken cancellationToken)
    {
        Check(session, project, messageHandler, payload);
        CheckServers(server is null ? [] : [server]);
        if (milliseconds < 0)
            throw new InvalidMessageDataException($"A request's time of {milliseconds} ms: at least 1, or 0 for no limit.");
        var time = milliseconds ?? sender.Time(null);
        var operation = Start(session, project, messageHandler, ref traceParent);
        var what = Describe(session, project, messageHandler, traceParent, selection: null);
        return MessagingOperation.EndWithAsync(operation, AnswerAsync(session, what, payload, server, time, cancellationToken));
    }

    // None if something was sent, or nobody was selected.
    private static string? Error(List<MessageReceipt> receipts) => receipts.Count == 0 || receipts.Exists(static receipt => receipt.Status == SendStatus.Sent)
        ? null
        : MessageReceipt.NameOf(receipts[0].Status);

    private bool IsElsewhere(string server) => server != name;

    private void Check(Session session, string project, string messageHandler, ReadOnlyMemory<byte> payload)
    {
        session.ThrowIfClosed();
        ProjectPayload.CheckNames(project, messageHandler);
        sender.CheckSize(payload.Length);
    }

    private static void CheckServers(IReadOnlyList<string> servers)
    {
        if (servers.Count > MaxServers)
            throw new InvalidMessageDataException($"A project message is for {servers.Count} servers; {MaxServers} are allowed.");
        if (servers.Any(string.IsNullOrEmpty))
            throw new InvalidMessageDataException("The name of a server is empty.");
    }

    // What goes with the message is its span, or where nobody listens the context in which it is sent.
    private MessagingOperation? Start(Session session, string project, string messageHandler, ref string? traceParent)
    {
        var isRemote = session.RemoteStreams is not null;
        traceParent = TraceParent.Checked(isRemote ? traceParent : Activity.Current?.Id);
        var operation = isRemote
            ? sender.Telemetry.StartRemoteProjectSend(project, messageHandler, session.Id, traceParent)
            : sender.Telemetry.StartProjectSend(project, messageHandler, session.Id);
        traceParent = operation?.TraceParent ?? traceParent;
        return operation;
    }

    private static GatewayMessage Describe(Session session, string project, string messageHandler, string? traceParent, MessageSelection? selection)
    {
        var roles = session.Properties[SessionProperty.Roles];
        return new GatewayMessage
        {
            Project = project,
            Handler = messageHandler,
            IsRequest = selection is null,
            Scope = selection?.EffectiveScope ?? default,
            ClientSessionId = selection?.ClientSessionId,
            User = selection?.User,
            HasRole = selection?.HasRole,
            HostName = selection?.HostName,
            Principal = session.Principal,
            Roles = roles.Length == 0 ? [] : [.. RoleSet.Parse(roles)],
            TraceParent = traceParent,
        };
    }

    private static ProjectMessage Message(Session session, GatewayMessage what, ReadOnlyMemory<byte> payload) =>
        new(what.Project, what.Handler, payload) { Sender = session.Id, Principal = what.Principal, Roles = what.Roles, TraceParent = what.TraceParent };

    private IReadOnlyList<SystemReceipt> Here(Session session, GatewayMessage what, ReadOnlyMemory<byte> payload) => distributor.Distribute(what, Message(session, what, payload));

    private async Task<IReadOnlyList<SystemReceipt>> AtAsync(Session session, string server, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await SendTo(session, server, body, sender.Time(null), cancellationToken).ConfigureAwait(false);
            return SystemReceipt.Read(answer.Span);
        }
        catch (SessionClosedException) when (session.IsClosed)
        {
            throw;
        }
        catch (MessagingException exception)
        {
            var status = exception is OverloadedException ? SendStatus.Overloaded : SendStatus.Unreachable;
            Log.ProjectServerFailed(logger, FilterText.Show(server), FilterText.Show(exception.Message, MaxShown));
            sender.Telemetry.ProjectMessage(status);
            return SystemReceipt.OnlyOfGateway(status);
        }
    }

    private Task<ReadOnlyMemory<byte>> SendTo(Session session, string server, ReadOnlyMemory<byte> body, int milliseconds, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<ReadOnlyMemory<byte>>(cancellationToken);
        // Who is not connected knows of no other server; and a message must not come when nobody expects it any more.
        if (!fabric.IsUp || roster.Find(server) is not { Link.IsGone: false } peer)
            return Task.FromException<ReadOnlyMemory<byte>>(new CommunicationFailureException($"The server '{FilterText.Show(server)}' is not known, or cannot be reached."));
        var call = new RequestCall<ReadOnlyMemory<byte>>(sender.Calls, session, DataTypes.Binary)
        {
            Deadline = sender.DeadlineIn(milliseconds),
        };
        try
        {
            sender.Send(session, call, new RequestEnvelope
            {
                Path = GatewayMessage.Path,
                Target = peer.Itself,
                RemainingMilliseconds = milliseconds,
                ContentType = GatewayMessage.ContentType,
                Payload = body,
            });
        }
        catch (MessagingException exception)
        {
            return Task.FromException<ReadOnlyMemory<byte>>(exception);
        }

        call.CancelWith(cancellationToken);
        return call.Task;
    }

    private async Task<ReadOnlyMemory<byte>> AskHereAsync(Session session, GatewayMessage what, ReadOnlyMemory<byte> payload, int milliseconds, CancellationToken cancellationToken)
    {
        var answered = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Closed);
        using var over = limit.Token.Register(() => answered.TrySetCanceled(limit.Token));
        if (milliseconds != 0)
            limit.CancelAfter(milliseconds);
        distributor.Ask(
            Message(session, what, payload),
            (value, failure) => _ = failure is null ? answered.TrySetResult(value) : answered.TrySetException(failure),
            limit.Token);
        try
        {
            return ProjectPayload.WriteAnswer(await answered.Task.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            session.ThrowIfClosed();
            throw new RequestTimeOutException("No response arrived within the request's time.");
        }
    }

    private async Task<ReadOnlyMemory<byte>> AnswerAsync(
        Session session, GatewayMessage what, ReadOnlyMemory<byte> payload, string? server, int milliseconds, CancellationToken cancellationToken)
    {
        if (server is null || !IsElsewhere(server))
            return await AskHereAsync(session, what, payload, milliseconds, cancellationToken).ConfigureAwait(false);
        var body = what.Write(payload.Span);
        sender.CheckSize(body.Length);
        return await SendTo(session, server, body, milliseconds, cancellationToken).ConfigureAwait(false);
    }

    // Everything has been handed over at the first await: a session's messages stay in order.
    private async Task<List<MessageReceipt>> DeliverAsync(
        Session session, GatewayMessage what, ReadOnlyMemory<byte> payload, MessageSelection selection, IReadOnlyList<string> servers, CancellationToken cancellationToken)
    {
        var body = servers.Any(IsElsewhere) ? what.Write(payload.Span) : default;
        sender.CheckSize(body.Length);
        var receipts = new List<MessageReceipt>(servers.Count);
        if (servers.Count == 1)
        {
            Take(servers[0], IsElsewhere(servers[0]) ? await AtAsync(session, servers[0], body, cancellationToken).ConfigureAwait(false) : Here(session, what, payload));
            return receipts;
        }

        var parts = servers.Distinct(StringComparer.Ordinal)
            .Select(server => (Server: server, Systems: IsElsewhere(server) ? AtAsync(session, server, body, cancellationToken) : Task.FromResult(Here(session, what, payload)))).ToArray();
        // All of them: what fails in one must not hide what fails in the next.
        await Task.WhenAll(parts.Select(static part => part.Systems)).ConfigureAwait(false);
        foreach (var (server, systems) in parts)
            Take(server, await systems.ConfigureAwait(false));
        return receipts;

        void Take(string server, IReadOnlyList<SystemReceipt> systems)
        {
            foreach (var receipt in systems)
            {
                receipts.Add(MessageReceipt.Of(
                    what.Project, what.Handler, selection, receipt.Session, receipt.Address, receipt.Host, receipt.Status, IsElsewhere(server) ? server : null));
            }
        }
    }
}
