namespace RabbitBridge;

/// <summary>Answers requests in a host, which makes one for each request, in a service scope of its own.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public interface IHandler<in TRequest, TResponse>
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">Who sent it and to which path.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for the answer any more.</param>
    /// <returns>The response.</returns>
    /// <exception cref="RejectedRequestException">Rejects the request with a message for its sender. Whatever else is thrown is logged, and reaches the sender as <see cref="ErrorReason.CallbackException"/>.</exception>
    ValueTask<TResponse> HandleAsync(TRequest request, IRequestContext context, CancellationToken cancellationToken);
}
