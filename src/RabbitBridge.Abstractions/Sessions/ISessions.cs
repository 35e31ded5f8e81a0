namespace RabbitBridge;

/// <summary>The Sessions feature of a session: sessions' properties, roles, coming and going, wherever in the fabric they are.</summary>
/// <remarks>When a task completes, filter requests from every gateway select the sessions by their new properties. <see cref="SessionsExtensions"/> takes filters as text.</remarks>
public interface ISessions
{
    /// <summary>Changes properties of one session.</summary>
    /// <param name="session">The session, which may be the own one.</param>
    /// <param name="properties">
    /// The new values by key; <see langword="null"/> removes a property. User properties, and of the fixed ones <c>$Country</c> (put into upper case),
    /// <c>$Language</c> (into lower case), <c>$Latitude</c> and <c>$Longitude</c> (<c>NaN</c> if they are no numbers).
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <returns>The properties that were changed, with their values before; <see langword="null"/> for one that is new.</returns>
    /// <exception cref="ArgumentException">A property cannot be set, such as <c>$Principal</c>, a value has half of a surrogate pair, a key has more than 255 bytes in UTF-8 or a value more than 4,096, or there are more than 128; the message names the key. Nothing is changed.</exception>
    /// <exception cref="NoSuchSessionException">No such session is open.</exception>
    /// <exception cref="AccessDeniedException">The own session lacks VIEW_SESSION or MODIFY_SESSION.</exception>
    /// <exception cref="InvalidMessageDataException">A session would have more than 128 user properties. No session of its gateway is changed.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task<IReadOnlyDictionary<string, string?>> SetPropertiesAsync(
        SessionId session, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default);

    /// <summary>Changes properties of every session that satisfies a filter.</summary>
    /// <param name="filter">Selects the sessions by their properties before the change.</param>
    /// <param name="properties">The new values, as for one session.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <returns>The number of sessions that were selected.</returns>
    /// <exception cref="ArgumentException">A property cannot be set, such as <c>$Principal</c>, a value has half of a surrogate pair, a key has more than 255 bytes in UTF-8 or a value more than 4,096, or there are more than 128; the message names the key. Nothing is changed.</exception>
    /// <exception cref="AccessDeniedException">The own session lacks VIEW_SESSION or MODIFY_SESSION.</exception>
    /// <exception cref="InvalidMessageDataException">A session would have more than 128 user properties. No session of its gateway is changed.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task<int> SetPropertiesAsync(
        SessionFilter filter, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default);

    /// <summary>Changes the roles of one session.</summary>
    /// <param name="session">The session, which may be the own one.</param>
    /// <param name="remove">The roles to take away; those that it has not are ignored.</param>
    /// <param name="add">The roles to give.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <returns>A task that completes when the roles are changed.</returns>
    /// <exception cref="ArgumentException">Both sets are empty, a role is in both, one has more than 128 roles, or a role's name is empty, has half of a surrogate pair or more than 255 bytes in UTF-8.</exception>
    /// <exception cref="NoSuchSessionException">No such session is open.</exception>
    /// <exception cref="AccessDeniedException">The own session lacks MODIFY_SESSION.</exception>
    /// <exception cref="InvalidMessageDataException">The session would have more than 128 roles.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task ChangeRolesAsync(
        SessionId session, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default);

    /// <summary>Changes the roles of every session that satisfies a filter.</summary>
    /// <param name="filter">Selects the sessions by their properties before the change.</param>
    /// <param name="remove">The roles to take away; those that a session has not are ignored.</param>
    /// <param name="add">The roles to give.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <returns>The number of sessions that were selected.</returns>
    /// <exception cref="ArgumentException">Both sets are empty, a role is in both, one has more than 128 roles, or a role's name is empty, has half of a surrogate pair or more than 255 bytes in UTF-8.</exception>
    /// <exception cref="AccessDeniedException">The own session lacks MODIFY_SESSION.</exception>
    /// <exception cref="InvalidMessageDataException">A session would have more than 128 roles. No session of its gateway is changed.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task<int> ChangeRolesAsync(
        SessionFilter filter, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default);

    /// <summary>Closes a session with <see cref="SessionCloseReason.ClosedByController"/>. A remote client is told, and does not open another one by itself.</summary>
    /// <remarks>A client that has no connection hears of it when it comes back to the same gateway. At another one, which knows nothing of the session, it opens a new one.</remarks>
    /// <param name="session">The session. Who closes the own one hears that by <see cref="SessionClosedException"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the session may be closed nevertheless.</param>
    /// <returns>A task that completes when no request can reach the session any more; it does not wait for the session's own callbacks.</returns>
    /// <exception cref="NoSuchSessionException">No such session is open.</exception>
    /// <exception cref="AccessDeniedException">The own session lacks MODIFY_SESSION.</exception>
    /// <exception cref="SessionClosedException">The own session is closed, perhaps by this call.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task CloseAsync(SessionId session, CancellationToken cancellationToken = default);

    /// <summary>Closes every session that satisfies a filter, as for one session.</summary>
    /// <param name="filter">Selects the sessions. If the own one is among them, it is closed when all others are, and hears <see cref="SessionClosedException"/>.</param>
    /// <param name="cancellationToken">Ends the wait; sessions may be closed nevertheless.</param>
    /// <returns>The number of sessions that were closed.</returns>
    /// <exception cref="AccessDeniedException">The own session lacks MODIFY_SESSION.</exception>
    /// <exception cref="SessionClosedException">The own session is closed, perhaps by this call.</exception>
    /// <exception cref="MessagingException">It failed; the subclass and <see cref="MessagingException.Reason"/> tell why.</exception>
    Task<int> CloseAsync(SessionFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Adds a listener to the sessions of the whole fabric. It is told of every open session first.</summary>
    /// <param name="listener">The listener; it stays until it is disposed of, or the own session is closed.</param>
    /// <param name="options">What it wants to be told; <see langword="null"/> for everything.</param>
    /// <param name="cancellationToken">Ends the wait, and removes the listener.</param>
    /// <returns>Disposing of it removes the listener: nothing more is told, but what is being told at that moment. The task completes when every gateway has told its open sessions.</returns>
    /// <exception cref="AccessDeniedException">The own session lacks VIEW_SESSION or REGISTER_HANDLER.</exception>
    /// <exception cref="SessionClosedException">The own session is closed.</exception>
    Task<IAsyncDisposable> AddListenerAsync(
        ISessionListener listener, SessionListenerOptions? options = null, CancellationToken cancellationToken = default);
}
