namespace RabbitBridge;

/// <summary>Takes the one answer to a request.</summary>
/// <typeparam name="TResponse">The type of the response.</typeparam>
public interface IResponder<in TResponse>
{
    /// <summary>
    /// Cancelled when nobody waits for the answer any more: the sender cancelled, its time ran out, or its gateway is gone.
    /// </summary>
    CancellationToken CancellationToken { get; }

    /// <summary>Answers the request.</summary>
    /// <param name="response">The response.</param>
    /// <exception cref="InvalidOperationException">The request was answered already; this call changed nothing.</exception>
    /// <exception cref="InvalidMessageDataException">The response is too large; the sender is told so.</exception>
    void Respond(TResponse response);

    /// <summary>Rejects the request: its sender gets <see cref="RejectedRequestException"/>.</summary>
    /// <param name="message">The reason, which reaches the sender as it is, but shortened to 4,096 characters.</param>
    /// <exception cref="InvalidOperationException">The request was answered already; this call changed nothing.</exception>
    void Reject(string message);
}
