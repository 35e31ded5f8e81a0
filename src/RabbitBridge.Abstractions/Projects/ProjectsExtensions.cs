namespace RabbitBridge;

/// <summary>Shorter ways to send and handle project messages.</summary>
public static class ProjectsExtensions
{
    /// <summary>Sends a message with the parameters of <c>system.util.sendMessage</c>.</summary>
    /// <param name="projects">The feature.</param>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="payload">A dictionary or another value that is a JSON object.</param>
    /// <param name="scope"><c>C</c>, <c>G</c> or <c>CG</c>; the default is <c>C</c> if a user, role or host is given, else <c>CG</c>.</param>
    /// <param name="clientSessionId">Only this client session.</param>
    /// <param name="user">Only client sessions of this principal.</param>
    /// <param name="hasRole">Only client sessions with this role.</param>
    /// <param name="hostName">Only client sessions on this host.</param>
    /// <param name="remoteServers">The gateways to deliver it at, by name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was selected, and what became of it.</returns>
    /// <exception cref="InvalidMessageDataException">A parameter is none; nothing was sent.</exception>
    public static Task<IReadOnlyList<MessageReceipt>> SendMessageAsync(
        this IProjects projects,
        string project,
        string messageHandler,
        object? payload = null,
        string? scope = null,
        string? clientSessionId = null,
        string? user = null,
        string? hasRole = null,
        string? hostName = null,
        IReadOnlyList<string>? remoteServers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(projects);
        var selection = new MessageSelection
        {
            Scope = scope is null ? null : MessageScopes.Parse(scope),
            ClientSessionId = clientSessionId,
            User = user,
            HasRole = hasRole,
            HostName = hostName,
        };
        return projects.SendMessageAsync(project, messageHandler, payload, selection, remoteServers, cancellationToken);
    }

    /// <summary>Handles messages of the session's project with a function.</summary>
    /// <param name="projects">The feature.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The function.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Removes the handler when it is disposed.</returns>
    public static Task<IAsyncDisposable> AddMessageHandlerAsync(
        this IProjects projects, string messageHandler, Action<ProjectMessage> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(projects);
        return projects.AddMessageHandlerAsync(messageHandler, new FunctionMessageHandler(handler), cancellationToken);
    }
}
