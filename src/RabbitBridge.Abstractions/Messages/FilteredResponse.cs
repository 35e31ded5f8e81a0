namespace RabbitBridge;

/// <summary>What one session answered to a request that was sent by a filter.</summary>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public readonly record struct FilteredResponse<TResponse>
{
    private readonly TResponse? _response;

    /// <summary>Makes a response.</summary>
    /// <param name="session">The session that has answered.</param>
    /// <param name="response">Its answer.</param>
    public FilteredResponse(SessionId session, TResponse response) => (Session, _response) = (session, response);

    /// <summary>Makes a failure.</summary>
    /// <param name="session">The session that has not answered.</param>
    /// <param name="error">Why not.</param>
    public FilteredResponse(SessionId session, MessagingException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        (Session, Error) = (session, error);
    }

    /// <summary>The session to which the request was sent.</summary>
    public SessionId Session { get; }

    /// <summary>Why there is no response; <see langword="null"/> if there is one.</summary>
    public MessagingException? Error { get; }

    /// <summary>The response.</summary>
    /// <exception cref="MessagingException">There is none: this is <see cref="Error"/>.</exception>
    public TResponse Response => Error is null ? _response! : throw Error;
}
