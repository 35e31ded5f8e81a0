using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json.Nodes;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Output;

/// <summary>Tells what is wrong with a command line, to people or to scripts.</summary>
internal static class WrongUsage
{
    /// <summary>What <c>error</c> is in JSON.</summary>
    public const string Name = "WRONG_USAGE";

    /// <returns>The exit code.</returns>
    public static async Task<int> TellAsync(ParseResult command, ParseErrorAction action, IReadOnlyList<string> arguments)
    {
        // Not asked of the command: where its verb is wrong it has no options.
        if (arguments.TakeWhile(static argument => argument != "--").Contains("--json"))
            return Tell(command.Errors.Select(static error => error.Message));
        action.ShowHelp = arguments.Count == 0;
        await command.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
        return ExitCodes.WrongUsage;
    }

    /// <summary>Tells mistakes to scripts, one a line.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Out.WriteJson(new JsonObject { ["error"] = Name, ["message"] = mistake });
        return ExitCodes.WrongUsage;
    }
}
