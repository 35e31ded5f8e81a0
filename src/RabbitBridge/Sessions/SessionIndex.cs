using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>
/// The sessions of a gateway by the values of their properties, so that a selective filter looks at few of them. The index gives
/// candidates; the filter itself has the last word.
/// </summary>
internal sealed class SessionIndex(SessionTable table)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Session> _all = [];
    private readonly Dictionary<string, PropertyIndex> _properties = new(StringComparer.Ordinal);

    /// <summary>Whether sessions are found by the values of a property: not where each has another, which no filter names.</summary>
    public static bool Holds(string key) => key is not (SessionProperty.SessionIdentifier or SessionProperty.StartTime);

    /// <summary>Whether there is no session.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _all.Count == 0;
        }
    }

    /// <summary>Takes in a session.</summary>
    /// <returns>Whether a value has come that no other session has.</returns>
    public bool Add(Session session)
    {
        lock (_gate)
        {
            _all.Add(session);
            return Add(session, session.Properties) || _all.Count == 1;
        }
    }

    /// <summary>Takes out a session.</summary>
    /// <returns>Whether a value has gone with it.</returns>
    public bool Remove(Session session)
    {
        lock (_gate)
            return _all.Remove(session) && (Remove(session, session.Properties) || _all.Count == 0);
    }

    /// <summary>Changes the properties of a session in here, in one step.</summary>
    /// <param name="session">The session; if it is closed, nothing is done.</param>
    /// <param name="change">Gives the new properties for the present ones.</param>
    /// <param name="valuesChanged">Whether a value has come or gone.</param>
    /// <returns>Whether the session was open.</returns>
    public bool Change(
        Session session, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, out bool valuesChanged)
    {
        lock (_gate)
        {
            valuesChanged = false;
            if (!_all.Contains(session))
                return false;
            var before = session.Properties;
            session.Properties = change(before);
            valuesChanged = Remove(session, before) | Add(session, session.Properties);
            return true;
        }
    }

    /// <summary>The sessions that a filter selects.</summary>
    /// <exception cref="InvalidFilterException">A regular expression of the filter takes too long.</exception>
    public List<Session> Select(SessionFilter filter)
    {
        var expression = filter.Expression;
        Session[] candidates;
        lock (_gate)
            candidates = [.. Find(expression).Sessions];
        var selected = new List<Session>();
        foreach (var session in candidates)
        {
            if (expression.Matches(session.Properties))
                selected.Add(session);
        }

        return selected;
    }

    /// <summary>The distinct values of each property, or none where there are more than so many.</summary>
    public List<PropertyValues> Values(int most)
    {
        lock (_gate)
        {
            return
            [
                .. _properties.Where(property => property.Value.Distinct > 0).Select(property => new PropertyValues(
                    property.Key, property.Value.Distinct, property.Value.Distinct <= most ? [.. property.Value.Values] : [])),
            ];
        }
    }

    private bool Add(Session session, IReadOnlyDictionary<string, string> properties)
    {
        var isNew = false;
        foreach (var (key, value) in properties)
        {
            if (!Holds(key))
                continue;
            if (!_properties.TryGetValue(key, out var property))
                _properties.Add(key, property = new PropertyIndex());
            foreach (var each in Parts(key, value))
                isNew |= property.Add(each, session);
        }

        return isNew;
    }

    private bool Remove(Session session, IReadOnlyDictionary<string, string> properties)
    {
        var isGone = false;
        foreach (var (key, value) in properties)
        {
            if (!Holds(key) || !_properties.TryGetValue(key, out var property))
                continue;
            foreach (var each in Parts(key, value))
                isGone |= property.Remove(each, session);
            if (property.Distinct == 0)
                _properties.Remove(key);
        }

        return isGone;
    }

    // Roles are found one by one.
    private static string[] Parts(string key, string value) => key == SessionProperty.Roles ? [.. RoleSet.Parse(value)] : [value];

    /// <summary>A superset of what the expression matches, as small as the index makes it.</summary>
    private Candidates Find(FilterExpression expression) => expression switch
    {
        AndExpression and => and.Operands.Select(Find).MinBy(candidates => candidates.Count),
        OrExpression or => Union(or.Operands.Select(Find)),
        EqualExpression equal => Find(equal.Key, equal.Value),
        InExpression list => Union(list.Values.Select(value => Find(list.Key, value))),
        HasRolesExpression roles => FindRole(roles.Roles),
        HasExpression has => Find(has.Key),
        MatchesExpression matches => Find(matches.Key),
        NotExpression { Operand: AllExpression } => Candidates.None,
        _ => All,
    };

    private Candidates All => new(_all.Count, _all);

    private Candidates Find(string key, string value) => key switch
    {
        SessionProperty.SessionIdentifier => SessionId.TryParse(value, out var id) && table.Find(id) is { } session ? new(1, [session]) : Candidates.None,
        SessionProperty.Roles => RoleSet.Parse(value) is { Count: > 0 } roles ? FindRole(roles) : All,
        _ when Holds(key) => _properties.GetValueOrDefault(key)?.Find(value) ?? Candidates.None,
        _ => All,
    };

    // Every session has $Roles, with or without a role.
    private Candidates Find(string key) => Holds(key) && key != SessionProperty.Roles && !_properties.ContainsKey(key) ? Candidates.None : All;

    private Candidates FindRole(IEnumerable<string> roles)
    {
        var property = _properties.GetValueOrDefault(SessionProperty.Roles);
        return property is null ? Candidates.None : roles.Select(property.Find).MinBy(candidates => candidates.Count);
    }

    private Candidates Union(IEnumerable<Candidates> parts)
    {
        var all = parts.ToArray();
        var count = all.Sum(part => (long)part.Count);
        return count < _all.Count ? new((int)count, all.SelectMany(part => part.Sessions).Distinct()) : All;
    }
}
