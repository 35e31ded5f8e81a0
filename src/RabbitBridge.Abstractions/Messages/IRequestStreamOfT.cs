namespace RabbitBridge;

/// <summary>Answers requests sent to its session by session id or filter, at one message path.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public interface IRequestStream<in TRequest, out TResponse> : IRequestStream
{
    /// <summary>
    /// Handles one request. The answer may be given later, from any thread. An exception thrown here is logged, and reaches
    /// the sender as <see cref="ErrorReason.CallbackException"/> without its details.
    /// </summary>
    /// <param name="path">The message path, in canonical form.</param>
    /// <param name="request">The request.</param>
    /// <param name="responder">Takes the one answer.</param>
    void OnRequest(string path, TRequest request, IResponder<TResponse> responder);
}
