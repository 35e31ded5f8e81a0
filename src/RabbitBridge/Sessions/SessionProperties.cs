using System.Collections.Frozen;
using System.Globalization;
using RabbitBridge.Fabric;
using RabbitBridge.Filters;

namespace RabbitBridge.Sessions;

/// <summary>Makes the properties of a new session.</summary>
internal static class SessionProperties
{
    // Fixed properties whose values are the client's own words.
    private static readonly string[] Given = [SessionProperty.Principal, SessionProperty.Project, SessionProperty.ClientHostName];

    /// <exception cref="ArgumentException">A user property's key or value breaks the rules, there are too many, or the principal, the project or the host name is no text or too long.</exception>
    public static FrozenDictionary<string, string> Create(SessionId id, string serverName, DateTimeOffset startTime, SessionOptions options)
    {
        SessionChangeRules.CheckCount(options.Properties.Count);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in options.Properties)
        {
            SessionChangeRules.CheckUserKey(key);
            properties[key] = value ?? throw new ArgumentException($"The session property '{key}' has no value.", nameof(options));
            SessionChangeRules.CheckValue(key, value);
        }

        properties[SessionProperty.SessionIdentifier] = id.ToString();
        properties[SessionProperty.Principal] = options.Principal;
        properties[SessionProperty.Roles] = RoleSet.Format(options.Roles);
        properties[SessionProperty.ServerName] = serverName;
        properties[SessionProperty.StartTime] = startTime.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        properties[SessionProperty.ClientType] = "DOTNET";
        properties[SessionProperty.Transport] = "OTHER";
        if (options.Project is { } project)
            properties[SessionProperty.Project] = project;
        if (options.HostName is { } host)
            properties[SessionProperty.ClientHostName] = host;
        foreach (var (key, value) in options.FixedProperties)
            properties[key] = value;
        foreach (var key in Given)
        {
            if (properties.TryGetValue(key, out var value))
                SessionChangeRules.CheckValue(key, value);
        }

        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether a session has room for a change.</summary>
    /// <exception cref="ArgumentException">It would have too many user properties or roles, more than it has.</exception>
    public static void CheckRoom(IReadOnlyDictionary<string, string> properties, SessionChange change)
    {
        // Nearly all have: a change of all sessions does not make each one's properties twice.
        if (change.AddedRoles.Count > 0 || properties.Count + change.Properties.Count > SessionChangeRules.MaxCount)
            Apply(properties, change, []);
    }

    /// <summary>Makes the properties of a session after a change.</summary>
    /// <param name="properties">The properties before.</param>
    /// <param name="change">The change.</param>
    /// <param name="previous">Takes the values before of what is changed; <see langword="null"/> where there was none.</param>
    /// <exception cref="ArgumentException">The session would have too many user properties or roles, more than it has.</exception>
    public static FrozenDictionary<string, string> Apply(
        IReadOnlyDictionary<string, string> properties, SessionChange change, Dictionary<string, string?> previous)
    {
        var after = properties.ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in change.Properties)
            Set(key, value);
        if (change.AddedRoles.Count > 0 || change.RemovedRoles.Count > 0)
        {
            var roles = RoleSet.Parse(properties[SessionProperty.Roles]);
            HashSet<string> changed = [.. roles.Except(change.RemovedRoles, StringComparer.Ordinal).Union(change.AddedRoles, StringComparer.Ordinal)];
            if (changed.Count > roles.Count)
                SessionChangeRules.CheckRoleCount(changed.Count);
            Set(SessionProperty.Roles, RoleSet.Format(changed));
        }

        if (after.Count > properties.Count)
            SessionChangeRules.CheckCount(after.Keys.Count(static key => !key.StartsWith('$')));
        return after.ToFrozenDictionary(StringComparer.Ordinal);

        void Set(string key, string? value)
        {
            var before = after.GetValueOrDefault(key);
            if (before == value)
                return;
            previous[key] = before;
            if (value is null)
                after.Remove(key);
            else
                after[key] = value;
        }
    }
}
