namespace RabbitBridge.Sessions;

/// <summary>What has become of a session since listeners last heard of it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Before">Its properties before; <see langword="null"/> if it was not open.</param>
/// <param name="After">Its properties now; <see langword="null"/> if it is closed.</param>
/// <param name="CloseReason">Why it was closed, if it was.</param>
internal sealed record SessionTransition(
    SessionId Session,
    IReadOnlyDictionary<string, string>? Before,
    IReadOnlyDictionary<string, string>? After,
    SessionCloseReason CloseReason = default)
{
    /// <summary>The values before of what has changed; <see langword="null"/> where there was none.</summary>
    public static Dictionary<string, string?> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .ToDictionary(key => key, before.GetValueOrDefault, StringComparer.Ordinal);
}
