namespace RabbitBridge;

/// <summary>Sends requests of one type to one path, with the session of a host. Registered by <c>AddRequestClient</c>.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public interface IRequestClient<in TRequest, TResponse>
{
    /// <summary>
    /// Sends a request. While the host starts, or its session is opened anew, it waits for the session: as long as <see cref="RequestOptions.Timeout"/>, 10 s
    /// without. A service that waits for it in its own start must be started after the session.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="options">How it is sent; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request; the handler's token is cancelled, too.</param>
    /// <returns>The response.</returns>
    /// <exception cref="SessionClosedException">The host's session is closed: for good, or it was lost a moment ago and another one follows.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task<TResponse> SendAsync(TRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);
}
