using RabbitBridge.Sessions;

namespace RabbitBridge.Calls;

/// <summary>Which of a sender's properties a handler wants: some keys, all fixed ones, all user ones.</summary>
internal sealed class PropertySelection
{
    public static readonly PropertySelection None = new([]);

    private static readonly PropertySelection All = new([SessionProperty.AllFixed, SessionProperty.AllUser]);

    private readonly bool _allFixed;
    private readonly bool _allUser;
    private readonly string[] _keys;

    private PropertySelection(IEnumerable<string> keys)
    {
        var distinct = keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        _allFixed = distinct.Contains(SessionProperty.AllFixed);
        _allUser = distinct.Contains(SessionProperty.AllUser);
        // Beside a wildcard the single keys of its kind mean nothing.
        _keys = [.. distinct.Where(key => !IsWildcard(key) && !(key.StartsWith('$') ? _allFixed : _allUser))];
        Keys = [.. _allFixed ? [SessionProperty.AllFixed] : Array.Empty<string>(), .. _allUser ? [SessionProperty.AllUser] : Array.Empty<string>(), .. _keys];
    }

    /// <summary>The selection in the form in which it is announced.</summary>
    public IReadOnlyList<string> Keys { get; }

    public bool IsEmpty => Keys.Count == 0;

    public static PropertySelection Of(IReadOnlyCollection<string> keys) => keys.Count == 0 ? None : new(keys);

    /// <summary>What at least one of several wants; all properties, if that is more than one handler may ask for: each gets its own wishes, and what they cost has a limit.</summary>
    public static PropertySelection Union(IEnumerable<PropertySelection> selections)
    {
        var union = Of([.. selections.SelectMany(selection => selection.Keys)]);
        return union.Keys.Count > SessionChangeRules.MaxSelected ? All : union;
    }

    /// <summary>Picks what is selected; <see langword="null"/> if nothing is.</summary>
    public IReadOnlyDictionary<string, string>? From(IReadOnlyDictionary<string, string> properties)
    {
        if (IsEmpty)
            return null;
        if (_allFixed && _allUser)
            return properties;
        var picked = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_allFixed || _allUser)
        {
            foreach (var (key, value) in properties)
            {
                if (key.StartsWith('$') ? _allFixed : _allUser)
                    picked[key] = value;
            }
        }

        foreach (var key in _keys)
        {
            if (properties.TryGetValue(key, out var value))
                picked[key] = value;
        }

        return picked;
    }

    /// <summary>What was selected beside the keys of the properties that were picked: keys for which there is no property, and wildcards; <see langword="null"/> for nothing.</summary>
    public IReadOnlyList<string>? Beside(IReadOnlyDictionary<string, string> properties)
    {
        List<string>? beside = null;
        foreach (var key in Keys)
        {
            if (!properties.ContainsKey(key))
                (beside ??= []).Add(key);
        }

        return beside;
    }

    /// <summary>Whether nothing of what is selected is missing among properties that were picked by somebody else's selection.</summary>
    /// <param name="properties">The properties; <see langword="null"/> if none were picked.</param>
    /// <param name="beside">What was selected <see cref="Beside"/> them.</param>
    public bool IsServedBy(IReadOnlyDictionary<string, string>? properties, IReadOnlyList<string>? beside)
    {
        // Nearly every handler asks for nothing, and this is looked at for each request.
        if (IsEmpty)
            return true;
        foreach (var key in Keys)
        {
            if (properties?.ContainsKey(key) != true && beside?.Contains(key) != true
                && (IsWildcard(key) || beside?.Contains(key.StartsWith('$') ? SessionProperty.AllFixed : SessionProperty.AllUser) != true))
                return false;
        }

        return true;
    }

    private static bool IsWildcard(string key) => key is SessionProperty.AllFixed or SessionProperty.AllUser;
}
