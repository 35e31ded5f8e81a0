using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>What may be asked of sessions: checked where it is asked, and again where it arrives.</summary>
internal static class SessionChangeRules
{
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
