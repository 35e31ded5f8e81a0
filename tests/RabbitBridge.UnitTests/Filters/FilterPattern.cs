namespace RabbitBridge.UnitTests.Filters;

/// <summary>A regular expression together with what it means, told without one.</summary>
internal sealed record FilterPattern(string Text, Func<string, bool> Accepts)
{
    public static FilterPattern[] Some { get; } =
    [
        new("", static value => value.Length == 0),
        new("a", static value => value == "a"),
        new("a|ab", static value => value is "a" or "ab"),
        new("[ab]+", static value => value.Length > 0 && value.All(static character => character is 'a' or 'b')),
        new("(a|aa)*", static value => value.All(static character => character == 'a')),
        new(".*", static value => !value.Contains('\n', StringComparison.Ordinal)),
        new("(?s).*", static _ => true),
        new("(?i)AB", static value => value is "ab" or "AB" or "aB" or "Ab"),
        new("\\\\", static value => value == "\\"),
        new("[\"']", static value => value is "\"" or "'"),
        new("^a.*$", static value => value.StartsWith('a') && !value.Contains('\n', StringComparison.Ordinal)),
        new("192\\.168\\..*", static value => value.StartsWith("192.168.", StringComparison.Ordinal) && !value.Contains('\n', StringComparison.Ordinal)),
    ];

    public override string ToString() => Text;
}
