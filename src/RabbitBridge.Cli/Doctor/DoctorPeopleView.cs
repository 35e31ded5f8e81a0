using Spectre.Console;

namespace RabbitBridge.Cli.Doctor;

/// <summary>For people.</summary>
internal sealed class DoctorPeopleView(IAnsiConsole console) : IDoctorView
{
    public void Show(Finding finding)
    {
        console.MarkupLine($"{Label(finding.Kind)} [bold]{Markup.Escape(finding.Check)}[/]: {Markup.Escape(finding.Text)}");
        if (finding.Kind != FindingKind.Ok)
            console.Write(new Padder(new Text($"→ {finding.Advice}"), new Padding(8, 0, 0, 0)));
    }

    public void End(int problems, int warnings) => console.MarkupLine(problems == 0
        ? $"[green]No problems[/], {warnings} warning(s)."
        : $"[red]{problems} problem(s)[/], {warnings} warning(s).");

    private static string Label(FindingKind kind) => kind switch
    {
        FindingKind.Ok => "[green]ok[/]     ",
        FindingKind.Warning => "[yellow]warning[/]",
        FindingKind.Problem => "[red]PROBLEM[/]",
        _ => "[grey]unknown[/]",
    };
}
