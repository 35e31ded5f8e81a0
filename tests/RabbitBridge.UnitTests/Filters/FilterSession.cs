namespace RabbitBridge.UnitTests.Filters;

/// <summary>A session as the tests see it: its roles are a set, and <c>$Roles</c> is absent if there is none.</summary>
internal sealed record FilterSession(IReadOnlyDictionary<string, string> Values, IReadOnlySet<string>? Roles)
{
    public IReadOnlyDictionary<string, string> Properties { get; } = Roles is null
        ? Values
        : new Dictionary<string, string>(Values) { [SessionProperty.Roles] = Quote(Roles) };

    public static string Quote(IEnumerable<string> roles) => string.Join(
        ',',
        roles.Select(static role => $"\"{role.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}\""));
}
