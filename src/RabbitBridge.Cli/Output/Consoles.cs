using Spectre.Console;

namespace RabbitBridge.Cli.Output;

/// <summary>Consoles for people; without colours where the output is not a terminal.</summary>
internal static class Consoles
{
    private const int WidthOfFiles = 160;

    public static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFiles;
        return console;
    }

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns(columns);
        return table;
    }
}
