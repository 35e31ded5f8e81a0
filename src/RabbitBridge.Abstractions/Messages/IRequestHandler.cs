namespace RabbitBridge;

/// <summary>Answers the requests of a branch of the message path hierarchy.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public interface IRequestHandler<in TRequest, out TResponse>
{
    /// <summary>
    /// Handles one request. The answer may be given later, from any thread. An exception thrown here is logged, and reaches
    /// the sender as <see cref="ErrorReason.CallbackException"/> without its details.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="context">Who sent it and to which path.</param>
    /// <param name="responder">Takes the one answer.</param>
    void OnRequest(TRequest request, IRequestContext context, IResponder<TResponse> responder);

    /// <summary>Called when a request could not be passed on, for instance because its bytes are not valid for its type.</summary>
    /// <param name="reason">What was wrong. The sender has been told.</param>
    void OnError(ErrorReason reason)
    {
    }

    /// <summary>Called once, when the registration or its session is closed. No request follows.</summary>
    void OnClose()
    {
    }
}
