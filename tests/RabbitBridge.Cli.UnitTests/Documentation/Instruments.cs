using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>What is measured in gateways and clients, as the code has it.</summary>
internal static partial class Instruments
{
    private static readonly string Code = string.Join('\n', DocumentationFiles.Sources.Select(DocumentationFiles.Read));

    /// <summary>Each with the names that Prometheus gets.</summary>
    public static IReadOnlyList<(string Name, string[] Exported)> All { get; } =
    [
        .. Creation().Matches(Code).Select(static match => (match.Groups["name"].Value, Exported(match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["rest"].Value))),
    ];

    /// <summary>What spans and measurements are told with.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        .. Attribute().Matches(Code).Select(static match => match.Groups["name"].Value).Distinct().Except(All.Select(static each => each.Name)),
    ];

    // As OpenTelemetry's exporter for Prometheus translates names, units and kinds.
    private static string[] Exported(string name, string kind, string rest)
    {
        var exported = name.Replace('.', '_') + Unit().Match(rest).Groups["unit"].Value switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return kind switch
        {
            "Histogram" => [$"{exported}_bucket", $"{exported}_sum", $"{exported}_count"],
            "Counter" or "ObservableCounter" => [$"{exported}_total"],
            _ => [exported],
        };
    }

    [GeneratedRegex("""(?:Create(?<kind>Histogram|Counter|ObservableCounter|ObservableUpDownCounter|ObservableGauge)(?:<\w+>)?|\bObserve)\(\s*"(?<name>[a-z.]+)"(?<rest>[^;]*);""")]
    private static partial Regex Creation();

    [GeneratedRegex("""(?<=, |,\s{1,40})"(?<unit>s|By|\{[a-z]+\})"(?=,)""")]
    private static partial Regex Unit();

    [GeneratedRegex(""""(?<name>(?:messaging|rabbitbridge|server|error)\.[a-z_.]+)"(?! \(| \+)"""")]
    private static partial Regex Attribute();
}
