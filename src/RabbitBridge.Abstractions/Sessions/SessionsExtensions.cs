namespace RabbitBridge;

/// <summary>Forms of <see cref="ISessions"/> that take a session filter as text.</summary>
public static class SessionsExtensions
{
    /// <inheritdoc cref="ISessions.SetPropertiesAsync(SessionFilter, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    /// <param name="sessions">The session's Sessions feature.</param>
    /// <param name="filter">Selects the sessions by their properties before the change.</param>
    /// <param name="properties">The new values, as for one session.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<int> SetPropertiesAsync(
        this ISessions sessions, string filter, IReadOnlyDictionary<string, string?> properties, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return sessions.SetPropertiesAsync(SessionFilter.Parse(filter), properties, cancellationToken);
    }

    /// <inheritdoc cref="ISessions.ChangeRolesAsync(SessionFilter, IReadOnlyCollection{string}, IReadOnlyCollection{string}, CancellationToken)"/>
    /// <param name="sessions">The session's Sessions feature.</param>
    /// <param name="filter">Selects the sessions by their properties before the change.</param>
    /// <param name="remove">The roles to take away; those that a session has not are ignored.</param>
    /// <param name="add">The roles to give.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made nevertheless.</param>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<int> ChangeRolesAsync(
        this ISessions sessions, string filter, IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return sessions.ChangeRolesAsync(SessionFilter.Parse(filter), remove, add, cancellationToken);
    }

    /// <inheritdoc cref="ISessions.CloseAsync(SessionFilter, CancellationToken)"/>
    /// <param name="sessions">The session's Sessions feature.</param>
    /// <param name="filter">Selects the sessions.</param>
    /// <param name="cancellationToken">Ends the wait; sessions may be closed nevertheless.</param>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<int> CloseAsync(this ISessions sessions, string filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return sessions.CloseAsync(SessionFilter.Parse(filter), cancellationToken);
    }

    /// <summary>Adds a listener to those sessions of the whole fabric that satisfy a filter. It is told of every open one first, with all properties.</summary>
    /// <inheritdoc cref="ISessions.AddListenerAsync(ISessionListener, SessionListenerOptions, CancellationToken)"/>
    /// <param name="sessions">The session's Sessions feature.</param>
    /// <param name="listener">The listener; it stays until it is disposed of, or the own session is closed.</param>
    /// <param name="filter">The sessions of interest.</param>
    /// <param name="cancellationToken">Ends the wait, and removes the listener.</param>
    /// <exception cref="InvalidFilterException">The filter cannot be parsed.</exception>
    public static Task<IAsyncDisposable> AddListenerAsync(
        this ISessions sessions, ISessionListener listener, string filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return sessions.AddListenerAsync(listener, new SessionListenerOptions { Filter = SessionFilter.Parse(filter) }, cancellationToken);
    }
}
