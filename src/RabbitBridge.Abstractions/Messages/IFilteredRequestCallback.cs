namespace RabbitBridge;

/// <summary>Takes the answers to a request that was sent by a filter. The calls come one after the other, on thread-pool threads.</summary>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public interface IFilteredRequestCallback<in TResponse>
{
    /// <summary>A session has answered. May be called before the number of sessions is known.</summary>
    /// <param name="session">The session.</param>
    /// <param name="response">Its answer.</param>
    void OnResponse(SessionId session, TResponse response);

    /// <summary>A session to which the request was sent has not answered, or with an error.</summary>
    /// <param name="session">The session.</param>
    /// <param name="exception">Why there is no response.</param>
    void OnResponseError(SessionId session, MessagingException exception);

    /// <summary>
    /// Nothing more comes, though not all sessions have answered: a remote session or its gateway was lost, or late itself. Never called where
    /// the task with the number of sessions has failed, nor by sessions inside a gateway, which know each session concerned. Does nothing by default.
    /// </summary>
    /// <param name="exception">Why.</param>
    void OnError(MessagingException exception)
    {
    }
}
