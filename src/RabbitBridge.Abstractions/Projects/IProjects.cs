namespace RabbitBridge;

/// <summary>
/// Project messages: fire-and-forget to handlers of a project, at gateways and in client sessions, and requests to the handlers at gateways.
/// It is what Ignition's <c>system.util.sendMessage</c> and <c>sendRequest</c> do. Any session may send; who is heard, each handler's roles decide.
/// </summary>
public interface IProjects
{
    /// <summary>Sends a message to the handlers of a name. A session's messages to one handler arrive in the order in which they were sent.</summary>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="payload">A dictionary or another value that is a JSON object; <see langword="null"/> for an empty one.</param>
    /// <param name="selection">What narrows it; <see langword="null"/> for nothing.</param>
    /// <param name="remoteServers">The gateways to deliver it at, by name, this one only if it is among them; 1,000 at most; <see langword="null"/> or none for this one.</param>
    /// <param name="cancellationToken">Ends the wait. The message may have been delivered.</param>
    /// <returns>What was selected, and what became of it: of each server in turn the gateway first, then its sessions.</returns>
    /// <exception cref="InvalidMessageDataException">A name is empty, there are too many servers, or the payload is no JSON object or too large; nothing was sent.</exception>
    /// <exception cref="SessionClosedException">The session is closed.</exception>
    Task<IReadOnlyList<MessageReceipt>> SendMessageAsync(
        string project,
        string messageHandler,
        object? payload = null,
        MessageSelection? selection = null,
        IReadOnlyList<string>? remoteServers = null,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a request to a gateway's handler, and waits for its answer.</summary>
    /// <typeparam name="TResponse">What the answer is read as.</typeparam>
    /// <param name="project">The project.</param>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="payload">A dictionary or another value that is a JSON object; <see langword="null"/> for an empty one.</param>
    /// <param name="remoteServer">The gateway, by name; <see langword="null"/> for this one.</param>
    /// <param name="timeout">How long to wait; <see langword="null"/> for the gateway's request timeout, 10 s unless it is set.</param>
    /// <param name="cancellationToken">Ends the wait, and cancels the handler's token.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="UnhandledMessageException">There is no such handler.</exception>
    /// <exception cref="AccessDeniedException">The handler is not for the session's roles.</exception>
    /// <exception cref="CommunicationFailureException">The server is not known, or was lost.</exception>
    /// <exception cref="RequestTimeOutException">The time is over.</exception>
    /// <exception cref="CallbackException">The handler failed.</exception>
    /// <exception cref="MessagingException">One of the other reasons.</exception>
    Task<TResponse> SendRequestAsync<TResponse>(
        string project,
        string messageHandler,
        object? payload = null,
        string? remoteServer = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default);

    /// <summary>Handles messages that are sent to the clients of the session's project. The session's handlers share one queue.</summary>
    /// <param name="messageHandler">The handler's name.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Removes the handler when it is disposed.</returns>
    /// <exception cref="HandlerConflictException">The session has a handler of this name.</exception>
    /// <exception cref="UnsupportedOperationException">The session belongs to no project.</exception>
    Task<IAsyncDisposable> AddMessageHandlerAsync(string messageHandler, IMessageHandler handler, CancellationToken cancellationToken = default);
}
