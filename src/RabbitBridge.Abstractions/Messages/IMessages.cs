namespace RabbitBridge;

/// <summary>
/// The Messages feature of a session: requests to handlers by message path, requests to single sessions, and the handlers
/// and streams that answer them. <see cref="MessagesExtensions"/> has shorter forms that find the data types by themselves.
/// </summary>
/// <remarks>
/// A request is executed at most once, unless its handler was registered with <see cref="RequestHandlerOptions.Redelivery"/>.
/// Every call ends in exactly one way: with the response, with a <see cref="MessagingException"/> that gives the reason, or
/// with <see cref="OperationCanceledException"/> if the caller's token was cancelled.
/// </remarks>
public interface IMessages
{
    /// <summary>
    /// Registers a handler for a branch of the message path hierarchy. When the task completes, every gateway of the fabric
    /// routes requests of that branch here, unless a more specific branch has a handler too.
    /// </summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The branch; <c>/</c> catches what no deeper handler takes.</param>
    /// <param name="handler">Called for each request, concurrently and on thread-pool threads.</param>
    /// <param name="requestType">How requests are read.</param>
    /// <param name="responseType">How responses are written.</param>
    /// <param name="options">What the handler wants; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Gives up the registration.</param>
    /// <returns>The registration, which can be closed.</returns>
    /// <exception cref="InvalidPathException">The path is malformed, or its routing key would be longer than 255 bytes.</exception>
    /// <exception cref="HandlerConflictException">This session already has a handler on that path.</exception>
    /// <exception cref="AccessDeniedException">The session lacks REGISTER_HANDLER, or VIEW_SESSION when it asks for properties.</exception>
    /// <exception cref="SessionClosedException">The session is closed.</exception>
    /// <exception cref="CommunicationFailureException">The broker could not be reached, or was lost before all gateways knew of the handler and did not come back, within the gateway's time for starting.</exception>
    Task<IRegistration> AddRequestHandlerAsync<TRequest, TResponse>(
        string path,
        IRequestHandler<TRequest, TResponse> handler,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestHandlerOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a request to the handler of the most specific branch that holds the path.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="path">The message path.</param>
    /// <param name="request">The request.</param>
    /// <param name="requestType">How the request is written.</param>
    /// <param name="responseType">How the response is read.</param>
    /// <param name="options">Limits of this call; <see langword="null"/> for the gateway's defaults.</param>
    /// <param name="cancellationToken">Ends the wait, and cancels the token of the responder.</param>
    /// <returns>The response.</returns>
    /// <exception cref="MessagingException">The request failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a request to one session, which answers it with the stream that it has set for exactly this path.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="session">The recipient, which may be the sender itself.</param>
    /// <param name="path">The message path.</param>
    /// <param name="request">The request.</param>
    /// <param name="requestType">How the request is written.</param>
    /// <param name="responseType">How the response is read.</param>
    /// <param name="options">Limits of this call; <see langword="null"/> for the gateway's defaults.</param>
    /// <param name="cancellationToken">Ends the wait, and cancels the token of the responder.</param>
    /// <returns>The response.</returns>
    /// <exception cref="NoSuchSessionException">No such session is open.</exception>
    /// <exception cref="UnhandledMessageException">The session has no stream for the path.</exception>
    /// <exception cref="MessagingException">The request failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<TResponse> SendRequestAsync<TRequest, TResponse>(
        SessionId session,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a request to every session of the fabric that satisfies a filter, the sender included. Each answers with the stream that it has
    /// set for exactly this path.
    /// </summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="filter">Selects the sessions.</param>
    /// <param name="path">The message path.</param>
    /// <param name="request">The request.</param>
    /// <param name="callback">Takes each session's response or error, perhaps before the task has completed, until all have come or the time is over.</param>
    /// <param name="requestType">How the request is written.</param>
    /// <param name="responseType">How responses are read.</param>
    /// <param name="options">Limits of this call; <see langword="null"/> for the gateway's defaults.</param>
    /// <param name="cancellationToken">Ends the wait for what has not come, and cancels the tokens of the responders; the callback is not called any more.</param>
    /// <returns>The number of sessions to which the request was sent, when every gateway has sent it; 0 is a success.</returns>
    /// <exception cref="AccessDeniedException">The session lacks SEND_TO_SESSION on the path, or VIEW_SESSION.</exception>
    /// <exception cref="RequestTimeOutException">A gateway did not tell its part in time.</exception>
    /// <exception cref="CommunicationFailureException">A gateway was lost before it had told its part, or the own connection was: the number is not known.</exception>
    /// <exception cref="MessagingException">The request failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<int> SendRequestToFilterAsync<TRequest, TResponse>(
        SessionFilter filter,
        string path,
        TRequest request,
        IFilteredRequestCallback<TResponse> callback,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a request to every session of the fabric that satisfies a filter, the sender included, and gives the answers as they come. The
    /// request is sent when the enumeration begins; leaving it early cancels the rest.
    /// </summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="filter">Selects the sessions.</param>
    /// <param name="path">The message path.</param>
    /// <param name="request">The request.</param>
    /// <param name="requestType">How the request is written.</param>
    /// <param name="responseType">How responses are read.</param>
    /// <param name="options">Limits of this call; <see langword="null"/> for the gateway's defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration, and cancels the tokens of the responders.</param>
    /// <returns>The response or error of each session. Who reads slowly slows the sending down, and nothing is dropped.</returns>
    /// <exception cref="MessagingException">The request failed; the subclass and <see cref="MessagingException.Reason"/> tell why. What had come was given before.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<FilteredResponse<TResponse>> SendRequestToFilterAsync<TRequest, TResponse>(
        SessionFilter filter,
        string path,
        TRequest request,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets the stream that answers requests sent to this session at exactly this path. Nothing is told to other sessions.
    /// </summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="path">The message path.</param>
    /// <param name="stream">Called for each request, concurrently and on thread-pool threads.</param>
    /// <param name="requestType">How requests are read.</param>
    /// <param name="responseType">How responses are written.</param>
    /// <returns>The stream that was set before, after its <c>OnClose</c>; <see langword="null"/> if there was none.</returns>
    /// <exception cref="InvalidPathException">The path is malformed or the root.</exception>
    /// <exception cref="SessionClosedException">The session is closed.</exception>
    IRequestStream? SetRequestStream<TRequest, TResponse>(
        string path,
        IRequestStream<TRequest, TResponse> stream,
        DataType<TRequest> requestType,
        DataType<TResponse> responseType);

    /// <summary>Removes the stream at a path.</summary>
    /// <param name="path">The message path.</param>
    /// <returns>The stream, after its <c>OnClose</c>; <see langword="null"/> if there was none.</returns>
    /// <exception cref="InvalidPathException">The path is malformed or the root.</exception>
    IRequestStream? RemoveRequestStream(string path);
}
