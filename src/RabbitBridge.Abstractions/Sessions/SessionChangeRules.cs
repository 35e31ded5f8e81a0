using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>What may be asked of sessions: checked where it is asked, and again where it arrives.</summary>
internal static class SessionChangeRules
{
    private static readonly string[] Settable = [SessionProperty.Country, SessionProperty.Language, SessionProperty.Latitude, SessionProperty.Longitude];

    /// <exception cref="ArgumentException">A user property cannot have this key.</exception>
    public static void CheckUserKey(string key)
    {
        if (key.Length == 0)
            throw new ArgumentException("A session property's key is empty.", nameof(key));
        if (key[0] is '$' or '*')
            throw new ArgumentException($"The session property '{key}' cannot be set: keys starting with '$' or '*' belong to the gateway.", nameof(key));
        if (key.AsSpan().ContainsAny(FilterLexer.EndOfWord))
            throw new ArgumentException($"The session property '{key}' has white space, a quote, a parenthesis, a bracket, a brace or a comma in its key.", nameof(key));
    }

    /// <exception cref="ArgumentException">The property cannot be set.</exception>
    public static void CheckSettable(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.StartsWith('$'))
        {
            CheckUserKey(key);
        }
        else if (!Settable.Contains(key, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"The session property '{key}' cannot be set: of the keys starting with '$', {string.Join(", ", Settable)} may be set; the others belong to the gateway.", nameof(key));
        }
    }

    /// <exception cref="ArgumentException">The value is no text.</exception>
    public static void CheckValue(string key, string value)
    {
        if (Utf8.IndexOfHalf(value) is >= 0 and var index)
            throw new ArgumentException($"The value of the session property '{key}' has half of a surrogate pair at index {index}, which no UTF-8 stands for.", nameof(value));
    }

    /// <summary>Whether it is a fixed property that may be set.</summary>
    public static bool IsSettableFixed(string key) => Settable.Contains(key, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">There is nothing to change, or a role comes and goes.</exception>
    public static void CheckRoles(IReadOnlyCollection<string> remove, IReadOnlyCollection<string> add)
    {
        ArgumentNullException.ThrowIfNull(remove);
        ArgumentNullException.ThrowIfNull(add);
        if (remove.Count == 0 && add.Count == 0)
            throw new ArgumentException("There is no role to remove and none to add.", nameof(add));
        if (remove.Intersect(add, StringComparer.Ordinal).FirstOrDefault() is { } both)
            throw new ArgumentException($"The role '{both}' is both to be removed and to be added.", nameof(add));
    }
}
