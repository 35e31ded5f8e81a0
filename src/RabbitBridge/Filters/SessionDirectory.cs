using RabbitBridge.Fabric;
using RabbitBridge.Sessions;

namespace RabbitBridge.Filters;

/// <summary>The open sessions of a gateway, and every way to find them: by id, by filter here, by filter from elsewhere, and as a listener.</summary>
internal sealed class SessionDirectory(SessionTable table, SessionIndex index, SessionBindings bindings, SessionEvents events)
{
    /// <summary>What is indexed, for tests that count it.</summary>
    public SessionIndex Index => index;

    public IEnumerable<Session> All => table.All;

    /// <returns>Whether the session's id was free.</returns>
    public bool TryAdd(Session session)
    {
        if (!table.TryAdd(session))
            return false;
        if (index.Add(session))
            bindings.Changed();
        events.Tell(session);
        return true;
    }

    public void Remove(Session session)
    {
        table.Remove(session);
        if (index.Remove(session))
            bindings.Changed();
        events.Tell(session);
    }

    /// <summary>Changes properties or roles of a session.</summary>
    /// <returns>The values before of what has changed; <see langword="null"/> if the session is closed.</returns>
    public Dictionary<string, string?>? Change(Session session, SessionChange change)
    {
        var previous = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (!index.Change(session, properties => SessionProperties.Apply(properties, change, previous), out var valuesChanged))
            return null;
        if (valuesChanged)
            bindings.Changed();
        if (previous.Count > 0)
            events.Tell(session);
        return previous;
    }

    public List<Session> Select(SessionFilter filter) => index.Select(filter);

    /// <summary>Waits until every gateway's filter requests find the sessions by their present properties.</summary>
    public Task SettledAsync() => bindings.SettledAsync();
}
