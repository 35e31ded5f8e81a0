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
            candidates = [.. Candidates(expression)];
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
    private IEnumerable<Session> Candidates(FilterExpression expression) => expression switch
    {
        AndExpression and => Candidates(and.Operands.MinBy(Estimate)!),
        OrExpression or => Estimate(or) < _all.Count ? or.Operands.SelectMany(Candidates).Distinct() : _all,
        EqualExpression { Key: SessionProperty.SessionIdentifier } equal => ById(equal.Value),
        EqualExpression equal when Posting(equal.Key, equal.Value) is { } posting => posting.Sessions,
        InExpression { Key: SessionProperty.SessionIdentifier } list => list.Values.SelectMany(ById),
        InExpression { Key: not SessionProperty.Roles } list when Holds(list.Key) => list.Values.SelectMany(value => Posting(list.Key, value)!.Value.Sessions),
        HasRolesExpression roles => roles.Roles.Select(role => RolePosting(role)).MinBy(posting => posting.Count).Sessions,
        _ => Estimate(expression) == 0 ? [] : _all,
    };

    /// <summary>How many candidates there are.</summary>
    private int Estimate(FilterExpression expression) => expression switch
    {
        AndExpression and => and.Operands.Min(Estimate),
        OrExpression or => (int)Math.Min(_all.Count, or.Operands.Sum(operand => (long)Estimate(operand))),
        EqualExpression { Key: SessionProperty.SessionIdentifier } => 1,
        EqualExpression equal when Posting(equal.Key, equal.Value) is { } posting => posting.Count,
        InExpression { Key: SessionProperty.SessionIdentifier } list => list.Values.Count,
        InExpression { Key: not SessionProperty.Roles } list when Holds(list.Key) => list.Values.Sum(value => Posting(list.Key, value)!.Value.Count),
        HasRolesExpression roles => roles.Roles.Min(role => RolePosting(role).Count),
        // Nobody has the property at all.
        HasExpression has when Holds(has.Key) && has.Key != SessionProperty.Roles && !_properties.ContainsKey(has.Key) => 0,
        MatchesExpression matches when Holds(matches.Key) && matches.Key != SessionProperty.Roles && !_properties.ContainsKey(matches.Key) => 0,
        NotExpression { Operand: AllExpression } => 0,
        _ => _all.Count,
    };

    private IEnumerable<Session> ById(string text) =>
        SessionId.TryParse(text, out var id) && table.Find(id) is { } session ? [session] : [];

    /// <summary>The sessions with a value; <see langword="null"/> if the index does not tell.</summary>
    private Posting? Posting(string key, string value)
    {
        if (!Holds(key))
            return null;
        if (key != SessionProperty.Roles)
            return _properties.GetValueOrDefault(key)?.Find(value) ?? Sessions.Posting.Empty;
        var roles = RoleSet.Parse(value);
        return roles.Count == 0 ? null : roles.Select(role => RolePosting(role)).MinBy(posting => posting.Count);
    }

    private Posting RolePosting(string role) =>
        _properties.GetValueOrDefault(SessionProperty.Roles)?.Find(role) ?? Sessions.Posting.Empty;
}
