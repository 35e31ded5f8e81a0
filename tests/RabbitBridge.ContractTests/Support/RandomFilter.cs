using CsCheck;

namespace RabbitBridge.ContractTests;

/// <summary>Random sessions and filters over few keys, values and roles, so that filters often select some and not all.</summary>
public static class RandomFilter
{
    private static readonly Gen<string> Key = Gen.OneOf("Department", "x-Floor", "City", "Ü", "$Country", "$Principal");

    private static readonly Gen<string> Value = Gen.OneOf("a", "b", "c", "A", "it's \"quoted\" \\", "", "ü");

    private static readonly Gen<string> Role = Gen.OneOf("r", "s", "t u", "\"");

    /// <summary>Properties to set; the value that is missing removes.</summary>
    public static Gen<Dictionary<string, string?>> Properties { get; } =
        Gen.Select(Key.Where(key => key != "$Principal"), Value, Gen.Int[0, 4]).Array[0, 4].Select(Dictionary<string, string?> (pairs) =>
            pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, string? (pair) => pair.Item3 == 0 ? null : pair.Item2));

    public static Gen<string[]> Roles { get; } = Role.Array[0, 3].Select(roles => roles.Distinct().ToArray());

    public static Gen<string> Principal { get; } = Value;

    /// <summary>A filter with all operators, nested up to a depth.</summary>
    public static Gen<string> Of(int depth) => depth == 0 ? Clause : Gen.Frequency(
        (2, Clause),
        (2, Gen.Select(Of(depth - 1), Of(depth - 1)).Select((one, two) => $"({one} and {two})")),
        (2, Gen.Select(Of(depth - 1), Of(depth - 1)).Select((one, two) => $"({one} or {two})")),
        (1, Of(depth - 1).Select(inner => $"not ({inner})")));

    private static Gen<string> Clause { get; } = Gen.Frequency(
        (1, Gen.Const("all")),
        (2, Key.Select(key => $"has {key}")),
        (4, Gen.Select(Key, Value).Select((key, value) => $"{key} is {Quote(value)}")),
        (2, Gen.Select(Key, Value).Select((key, value) => $"{key} NE {Quote(value)}")),
        (2, Gen.Select(Key, Value.Array[1, 3]).Select((key, values) => $"{key} in [{string.Join(", ", values.Select(Quote))}]")),
        (1, Gen.Select(Key, Gen.OneOf("[ab]", ".*", "a?", "[^a]")).Select((key, pattern) => $"{key} matches {Quote(pattern)}")),
        (2, Role.Array[1, 2].Select(roles => $"hasRoles {string.Join(' ', roles.Select(Quote))}")),
        (1, Role.Array[0, 2].Select(roles => $"$Roles is {Quote(string.Join(' ', roles.Select(Quote)))}")),
        (1, Gen.OneOf("$ServerName is 'a'", "$ServerName ne 'b'", "has $SessionId", "$StartTime is '1'", "$SessionId matches '.*[02468ace]'")));

    private static string Quote(string value) => $"\"{SessionFilter.Escape(value)}\"";
}
