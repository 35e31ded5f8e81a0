namespace RabbitBridge.UnitTests.Security;

internal sealed record NaiveRole(
    IReadOnlyList<string> Includes,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<string> Defaults,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Paths)
{
    public static NaiveRole Nothing { get; } = new([], [], [], new Dictionary<string, IReadOnlyList<string>>());
}
