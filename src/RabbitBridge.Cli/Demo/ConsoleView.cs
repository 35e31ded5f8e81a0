using System.Globalization;
using RabbitBridge.Cli.Demo.Remote;
using Spectre.Console;

namespace RabbitBridge.Cli.Demo;

/// <summary>The demo for people; without colours where the output is not a terminal.</summary>
internal sealed class ConsoleView : IDemoView
{
    private const int WidthOfFiles = 110;
    private readonly IAnsiConsole _console;

    public ConsoleView()
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            _console.Profile.Width = WidthOfFiles;
    }

    public void Progress(string text) => _console.MarkupLineInterpolated($"   [grey]{text}[/]");

    public void Step(DemoStep step)
    {
        if (step.Passed)
            _console.MarkupLineInterpolated($"[green]ok[/] [bold]{step.Title}[/]");
        else
            _console.MarkupLineInterpolated($"[red]FAILED[/] [bold]{step.Title}[/]");
        if (step.Detail.Length > 0)
            _console.Write(new Padder(new Text(step.Detail), new Padding(3, 0, 0, 0)));
        if (step.Requests is { } requests)
            _console.Write(new Padder(Table(requests), new Padding(3, 0, 0, 0)));
        foreach (var receipt in step.Receipts ?? [])
            _console.Write(new Padder(new Text(receipt), new Padding(3, 0, 0, 0)));
        if (step.Death is { } death)
            _console.Write(new Padder(Table(death), new Padding(3, 0, 0, 0)));
        if (step.Exchanges is { } exchanges)
            _console.Write(new Padder(Table(exchanges), new Padding(3, 0, 0, 0)));
        if (step.Failovers is { } failovers)
            _console.Write(new Padder(Table(failovers), new Padding(3, 0, 0, 0)));
    }

    public void End(DemoReport report)
    {
        _console.WriteLine();
        if (report.Passed)
            _console.MarkupLine("[green]Everything happened as designed.[/]");
        else
            _console.MarkupLineInterpolated($"[red]Not as designed: {report.Steps.First(step => !step.Passed).Title}.[/]");
    }

    private static Table Table(IReadOnlyList<DemoRequest> requests)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("request to", "sent by", "answered by");
        table.AddColumn(new TableColumn("first µs").RightAligned());
        table.AddColumn(new TableColumn("median µs").RightAligned());
        foreach (var request in requests)
        {
            var outcome = request.Passed ? request.Outcome : $"{request.Outcome}, not {request.Expected}";
            table.AddRow(
                new Text(request.Path),
                new Text(request.SentBy),
                new Text(outcome, request.Passed ? Style.Plain : new Style(Color.Red)),
                new Text(Number(request.FirstMicroseconds)),
                new Text(Number(request.MedianMicroseconds)));
        }

        return table;
    }

    private static Table Table(DemoDeath death)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("answer");
        table.AddColumn(new TableColumn("callers").RightAligned());
        table.AddColumn(new TableColumn("first after ms").RightAligned());
        table.AddColumn(new TableColumn("last after ms").RightAligned());
        foreach (var (outcome, count) in death.Outcomes)
            table.AddRow(outcome, Number(count), Number(death.FirstMilliseconds), Number(death.LastMilliseconds));
        return table;
    }

    private static Table Table(IReadOnlyList<DemoExchange> exchanges)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("who asks", "whom", "through", "answered by");
        table.AddColumn(new TableColumn("first µs").RightAligned());
        table.AddColumn(new TableColumn("median µs").RightAligned());
        foreach (var exchange in exchanges)
        {
            var outcome = exchange.Passed ? exchange.Outcome : $"{exchange.Outcome}, not {exchange.Expected}";
            table.AddRow(
                new Text(exchange.Asker),
                new Text(exchange.Asked),
                new Text(exchange.Through),
                new Text(outcome, exchange.Passed ? Style.Plain : new Style(Color.Red)),
                new Text(Number(exchange.FirstMicroseconds)),
                new Text(Number(exchange.MedianMicroseconds)));
        }

        return table;
    }

    private static Table Table(IReadOnlyList<DemoFailover> failovers)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("service", "from", "to");
        table.AddColumn(new TableColumn("back after ms").RightAligned());
        table.AddColumn(new TableColumn("for all callers").RightAligned());
        table.AddColumn("errors meanwhile");
        foreach (var each in failovers)
        {
            var errors = each.Errors.Count == 0 ? "none" : string.Join(", ", each.Errors.Select(error => $"{error.Value} {error.Key}"));
            table.AddRow(
                new Text($"demo/{each.Service}"),
                new Text(each.From),
                new Text(each.To),
                new Text(Number(each.BackMilliseconds)),
                new Text(Number(each.AllBackMilliseconds)),
                new Text(errors));
        }

        return table;
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
