using System.Globalization;
using RabbitBridge.Benchmarks.Feats;
using RabbitBridge.Benchmarks.Measuring;
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

    public void Begin(string name, string summary)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold]{name}[/]: {summary}");
    }

    public void Show(
        string broker, string machine, IReadOnlyList<Result> results, IReadOnlyList<Ratio> ratios, IReadOnlyList<Figure> figures)
    {
        _console.WriteLine();
        _console.WriteLine(broker);
        _console.WriteLine(machine);
        if (results.Count > 0)
            _console.Write(ResultTable(results));
        if (ratios.Count > 0)
            _console.Write(RatioTable(ratios));
        if (figures.Count > 0)
            _console.Write(FigureTable(figures));
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
        var table = JudgedTable("ratio");
        foreach (var ratio in ratios)
            table.AddRow(ratio.Name, ratio.Meaning, Number(ratio.Value, decimals: 2), ratio.Target ?? "-", Judgement(ratio.IsMet));
        return table;
    }

    private static Table FigureTable(IReadOnlyList<Figure> figures)
    {
        var table = JudgedTable("figure");
        foreach (var figure in figures)
        {
            var value = figure.Value is { } number ? Number(number, double.IsInteger(number) ? 0 : 2) : "never";
            table.AddRow(figure.Name, figure.Meaning, value, figure.Target ?? "-", Judgement(figure.IsMet));
        }

        return table;
    }

    private static Table JudgedTable(string kind)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns(kind, "of");
        table.AddColumn(new TableColumn("value").RightAligned());
        table.AddColumns("target", "met");
        return table;
    }

    private static string Judgement(bool? isMet) => isMet switch { true => "[green]yes[/]", false => "[red]NO[/]", null => "-" };

    private static string Number(double value, int decimals = 0) =>
        value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
