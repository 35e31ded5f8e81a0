using RabbitBridge.Diagnostics;
using RabbitBridge.Events;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;
using RabbitBridge.Sessions;

namespace RabbitBridge.Projects;

/// <summary>Delivers project messages at this gateway: to its own handler, and to its sessions that the message selects.</summary>
internal sealed class ProjectDistributor(ProjectHost host, SessionDirectory sessions, EventMirror mirror, Telemetry telemetry)
{
    /// <summary>The message handlers at this gateway, by project and name.</summary>
    public IReadOnlyList<ProjectHandlerInfo> Handlers
    {
        get
        {
            var own = host.Keys.ToHashSet();
            var clients = sessions.All
                .Where(static session => session.Properties.ContainsKey(SessionProperty.Project))
                .SelectMany(static session => session.MessageHandlers.Select(name => (Project: session.Properties[SessionProperty.Project], Name: name)))
                .CountBy(static key => key).ToDictionary();
            return
            [
                .. own.Union(clients.Keys).OrderBy(static key => key.Project, StringComparer.Ordinal).ThenBy(static key => key.Name, StringComparer.Ordinal)
                    .Select(key => new ProjectHandlerInfo(key.Project, key.Name, own.Contains(key), clients.GetValueOrDefault(key))),
            ];
        }
    }

    /// <summary>Delivers a message.</summary>
    /// <returns>What was selected, the gateway first.</returns>
    public IReadOnlyList<SystemReceipt> Distribute(GatewayMessage what, ProjectMessage message)
    {
        var receipts = what.Scope == MessageScope.Gateway ? SystemReceipt.OnlyOfGateway(ToGateway(message)) : ToAll(what, message);
        var isSent = false;
        foreach (var receipt in receipts)
        {
            telemetry.ProjectMessage(receipt.Status);
            isSent |= receipt.Status == SendStatus.Sent;
        }

        if (isSent)
            mirror.Tell(message);
        return receipts;
    }

    /// <summary>Has a request answered.</summary>
    /// <param name="message">The request.</param>
    /// <param name="answer">Takes the outcome.</param>
    /// <param name="cancelled">Cancelled when nobody waits any more.</param>
    /// <exception cref="MessagingException">It cannot be answered.</exception>
    public void Ask(ProjectMessage message, Action<object?, MessagingException?> answer, CancellationToken cancelled)
    {
        var handler = host.Find(message.Project, message.MessageHandler)
            ?? throw new UnhandledMessageException($"The project '{message.Project}' has no message handler '{message.MessageHandler}' at this gateway.");
        if (!handler.Permits(message.Roles))
            throw new AccessDeniedException($"The message handler '{message.MessageHandler}' is not for the sender's roles.");
        if (!handler.TryTake(message, answer, cancelled))
            throw new OverloadedException($"The queue of the message handler '{message.MessageHandler}' is full.");
    }

    private static SessionFilter Filter(GatewayMessage what)
    {
        var parts = new List<FilterExpression> { new EqualExpression(SessionProperty.Project, what.Project) };
        if (what.ClientSessionId is { } id)
            parts.Add(new EqualExpression(SessionProperty.SessionIdentifier, id));
        if (what.User is { } user)
            parts.Add(new EqualExpression(SessionProperty.Principal, user));
        if (what.HasRole is { } role)
            parts.Add(new HasRolesExpression([role]));
        if (what.HostName is { } host)
            parts.Add(new EqualExpression(SessionProperty.ClientHostName, host));
        return new SessionFilter(AndExpression.Of(parts));
    }

    private List<SystemReceipt> ToAll(GatewayMessage what, ProjectMessage message)
    {
        var receipts = new List<SystemReceipt>();
        if (what.Scope.HasFlag(MessageScope.Gateway))
            receipts.Add(SystemReceipt.OfGateway(ToGateway(message)));
        if (what.Scope.HasFlag(MessageScope.Clients))
        {
            foreach (var session in sessions.Select(Filter(what)))
                receipts.Add(ToSession(session, message));
        }

        return receipts;
    }

    private SendStatus ToGateway(ProjectMessage message)
    {
        if (host.Find(message.Project, message.MessageHandler) is not { } handler)
            return SendStatus.NoHandler;
        if (!handler.Permits(message.Roles))
            return SendStatus.Denied;
        return handler.TryTake(message, answer: null, CancellationToken.None) ? SendStatus.Sent : SendStatus.Overloaded;
    }

    private static SystemReceipt ToSession(Session session, ProjectMessage message)
    {
        var status = session.FindMessageHandler(message.MessageHandler)?.Take(message) ?? SendStatus.NoHandler;
        var properties = session.Properties;
        return new SystemReceipt(
            session.Id.ToString(),
            properties.GetValueOrDefault(SessionProperty.ClientIP) ?? string.Empty,
            properties.GetValueOrDefault(SessionProperty.ClientHostName) ?? string.Empty,
            status);
    }
}
