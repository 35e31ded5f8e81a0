using System.Collections.Frozen;
using System.Globalization;
using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>Makes the properties of a new session.</summary>
internal static class SessionProperties
{
    /// <exception cref="ArgumentException">A user property's key breaks the rules.</exception>
    public static FrozenDictionary<string, string> Create(SessionId id, string serverName, DateTimeOffset startTime, SessionOptions options)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in options.Properties)
        {
            CheckUserKey(key);
            properties[key] = value ?? throw new ArgumentException($"The session property '{key}' has no value.", nameof(options));
        }

        properties[SessionProperty.SessionIdentifier] = id.ToString();
        properties[SessionProperty.Principal] = options.Principal;
        properties[SessionProperty.Roles] = RoleSet.Format(options.Roles);
        properties[SessionProperty.ServerName] = serverName;
        properties[SessionProperty.StartTime] = startTime.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        properties[SessionProperty.ClientType] = "DOTNET";
        properties[SessionProperty.Transport] = "OTHER";
        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void CheckUserKey(string key)
    {
        if (key.Length == 0)
            throw new ArgumentException("A session property's key is empty.", nameof(key));
        if (key[0] is '$' or '*')
            throw new ArgumentException($"The session property '{key}' cannot be set: keys starting with '$' or '*' belong to the gateway.", nameof(key));
        if (key.AsSpan().ContainsAny(FilterLexer.EndOfWord))
            throw new ArgumentException($"The session property '{key}' has white space, a quote, a parenthesis, a bracket, a brace or a comma in its key.", nameof(key));
    }
}
