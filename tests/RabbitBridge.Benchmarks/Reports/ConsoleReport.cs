using System.Globalization;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Scenarios;
using Spectre.Console;

namespace RabbitBridge.Benchmarks.Reports;

/// <summary>What a person sees.</summary>
internal sealed class ConsoleReport
{
    private readonly IAnsiConsole _console = AnsiConsole.Console;

    public ConsoleReport()
    {
        // A file or a pipe has no width, and a table broken into 80 columns cannot be read.
        if (Console.IsOutputRedirected)
            _console.Profile.Width = 200;
    }

    public void Say(string text) => _console.WriteLine(text);

    public void Begin(Scenario scenario)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold]{scenario.Name}[/]: {scenario.Summary}");
    }

    public void Show(string broker, string machine, IReadOnlyList<Result> results, IReadOnlyList<Ratio> ratios)
    {
        _console.WriteLine();
        _console.WriteLine(broker);
        _console.WriteLine(machine);
        _console.Write(ResultTable(results));
        if (ratios.Count > 0)
            _console.Write(RatioTable(ratios));
    }

    private static Table ResultTable(IReadOnlyList<Result> results)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("scenario", "subject");
        foreach (var name in (IEnumerable<string>)["callers", "payload", "per second", "p50 us", "p99 us", "client cpu us/request", "broker cpu us/request", "messages/request"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var result in results)
        {
            table.AddRow(
                result.Scenario.Name,
                result.Subject,
                Number(result.Callers),
                Number(result.Scenario.PayloadBytes),
                Number(result.PerSecond),
                Number(result.P50Microseconds, decimals: 1),
                Number(result.P99Microseconds, decimals: 1),
                Number(result.ClientMicroseconds, decimals: 1),
                result.BrokerMicroseconds is { } time ? Number(time, decimals: 1) : "-",
                result.Messages is { } messages ? Number(messages) : "-");
        }

        return table;
    }

    private static Table RatioTable(IReadOnlyList<Ratio> ratios)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("ratio", "of");
        table.AddColumn(new TableColumn("value").RightAligned());
        table.AddColumns("target", "met");
        foreach (var ratio in ratios)
        {
            table.AddRow(
                ratio.Name,
                ratio.Meaning,
                Number(ratio.Value, decimals: 2),
                ratio.Target ?? "-",
                ratio.IsMet switch { true => "[green]yes[/]", false => "[red]NO[/]", null => "-" });
        }

        return table;
    }

    private static string Number(double value, int decimals = 0) =>
        value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
