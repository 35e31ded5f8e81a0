namespace RabbitBridge;

/// <summary>Is told of the sessions of the whole fabric. The calls come one after the other, on thread-pool threads.</summary>
public interface ISessionListener
{
    /// <summary>A session is open: it was opened now, or before the listener was added.</summary>
    /// <param name="session">The session.</param>
    /// <param name="properties">Those of its properties that the listener asked for.</param>
    void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties);

    /// <summary>Properties or roles of a session have changed; the filter matches it now, or did before.</summary>
    /// <param name="session">The session.</param>
    /// <param name="properties">Those of its properties that the listener asked for, as they are now.</param>
    /// <param name="previous">The values before of what has changed; <see langword="null"/> for a property that is new.</param>
    void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous);

    /// <summary>A session is closed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="properties">Those of its properties that the listener asked for, as they were last.</param>
    /// <param name="reason">Why; <see cref="SessionCloseReason.ConnectionLost"/> if its gateway is lost.</param>
    void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason);
}
