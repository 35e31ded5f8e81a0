using System.Collections.Frozen;

namespace RabbitBridge.Sessions;

/// <summary>The fixed session properties that there are.</summary>
internal static class FixedProperties
{
    private static readonly string[] Keys =
    [
        SessionProperty.ClientHostName, SessionProperty.ClientIP, SessionProperty.ClientType, SessionProperty.Country, SessionProperty.ExpiryTime,
        SessionProperty.Language, SessionProperty.Latitude, SessionProperty.Longitude, SessionProperty.Principal, SessionProperty.Project,
        SessionProperty.Roles, SessionProperty.ServerName, SessionProperty.SessionIdentifier, SessionProperty.StartTime, SessionProperty.Transport,
    ];

    /// <summary>Their keys.</summary>
    public static FrozenSet<string> All { get; } = Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Their keys, for people.</summary>
    public static string Text { get; } = string.Join(", ", Keys);
}
