namespace RabbitBridge.Sessions;

/// <summary>The sessions by the values of one property. Guarded by the <see cref="SessionIndex"/>.</summary>
internal sealed class PropertyIndex
{
    // A session, or a set of them: most values of a property like $Principal have one.
    private readonly Dictionary<string, object> _sessions = new(StringComparer.Ordinal);

    /// <summary>How many different values there are.</summary>
    public int Distinct => _sessions.Count;

    public IEnumerable<string> Values => _sessions.Keys;

    public Candidates Find(string value) => _sessions.GetValueOrDefault(value) switch
    {
        null => Candidates.None,
        Session session => new(1, [session]),
        var set => new(((HashSet<Session>)set).Count, (HashSet<Session>)set),
    };

    /// <returns>Whether no other session has the value.</returns>
    public bool Add(string value, Session session)
    {
        switch (_sessions.GetValueOrDefault(value))
        {
            case null:
                _sessions[value] = session;
                return true;
            case Session other:
                _sessions[value] = new HashSet<Session> { other, session };
                return false;
            case var set:
                ((HashSet<Session>)set).Add(session);
                return false;
        }
    }

    /// <returns>Whether no session has the value any more.</returns>
    public bool Remove(string value, Session session)
    {
        if (_sessions.GetValueOrDefault(value) is HashSet<Session> set)
        {
            set.Remove(session);
            if (set.Count > 0)
                return false;
        }

        return _sessions.Remove(value);
    }
}
