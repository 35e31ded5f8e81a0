using System.Text.Json.Serialization;
using RabbitBridge.Benchmarks.Measuring;

namespace RabbitBridge.Benchmarks.Reports;

/// <summary>A row of the table, with the names that issue 2 gives.</summary>
internal sealed record JsonResult(
    string Scenario,
    string Subject,
    int Callers,
    int PayloadBytes,
    double PerSecond,
    [property: JsonPropertyName("p50us")] double P50,
    [property: JsonPropertyName("p99us")] double P99,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Messages)
{
    public static JsonResult Of(Result result) => new(
        result.Scenario.Name,
        result.Subject,
        result.Callers,
        result.Scenario.PayloadBytes,
        Math.Round(result.PerSecond, 1),
        Math.Round(result.P50Microseconds, 2),
        Math.Round(result.P99Microseconds, 2),
        result.Messages is { } messages ? Math.Round(messages, 1) : null);
}
