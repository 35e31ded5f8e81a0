using System.Text.Json;
using RabbitBridge.Benchmarks.Feats;
using RabbitBridge.Benchmarks.Measuring;

namespace RabbitBridge.Benchmarks.Reports;

/// <summary>What a script reads.</summary>
internal sealed record JsonReport(
    string Broker, string Machine, IReadOnlyList<JsonResult> Results, IReadOnlyDictionary<string, double> Ratios, IReadOnlyList<Figure> Figures)
{
    public static JsonReport Of(
        string broker, string machine, IReadOnlyList<Result> results, IReadOnlyList<Ratio> ratios, IReadOnlyList<Figure> figures) => new(
        broker,
        machine,
        [.. results.Select(JsonResult.Of)],
        ratios.ToDictionary(ratio => ratio.Name, ratio => Math.Round(ratio.Value, 3)),
        figures);

    public async Task WriteAsync(FileInfo file, CancellationToken cancellationToken)
    {
        file.Directory?.Create();
        var stream = file.Create();
        await using (stream.ConfigureAwait(false))
            await JsonSerializer.SerializeAsync(stream, this, ReportJson.Default.JsonReport, cancellationToken).ConfigureAwait(false);
    }
}
