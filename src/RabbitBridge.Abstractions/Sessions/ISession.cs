namespace RabbitBridge;

/// <summary>
/// A client's session with a gateway: what it registers lasts until it is closed. The same interface serves sessions inside
/// the gateway process and remote ones. All members may be used from any thread.
/// </summary>
public interface ISession : IAsyncDisposable
{
    /// <summary>The identifier, by which others send requests to this session.</summary>
    SessionId Id { get; }

    /// <summary>The principal on whose behalf the session acts; empty if anonymous.</summary>
    string Principal { get; }

    /// <summary>The fixed properties, whose keys start with <c>$</c>, and the user properties.</summary>
    IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>Requests, their handlers and their streams.</summary>
    IMessages Messages { get; }

    /// <summary>Other sessions' properties and roles.</summary>
    ISessions Sessions { get; }

    /// <summary>Project messages.</summary>
    IProjects Projects { get; }

    /// <summary>Cancelled once the session is closed, whoever closed it. What callbacks on it throw is logged and goes no further.</summary>
    CancellationToken Closed { get; }

    /// <summary>
    /// Closes the session: its handlers and streams get <c>OnClose</c> once each, its unanswered requests end with
    /// <see cref="SessionClosedException"/>. Closing a closed session does nothing. What callbacks throw is logged, and neither
    /// concerns other callbacks nor fails the close.
    /// </summary>
    /// <returns>
    /// A task that completes when no request can reach the session's handlers any more, and <c>OnClose</c> and the callbacks on
    /// <see cref="Closed"/> have returned; inside one of the session's own callbacks it does not wait for those, and may be waited for.
    /// </returns>
    Task CloseAsync();
}
