using System.CommandLine;
using Spectre.Console;

namespace RabbitBridge.Cli.Security;

/// <summary><c>rabbitbridge hash-password</c>: makes what a gateway's configuration holds in place of a password.</summary>
internal static class HashPasswordVerb
{
    public static Command Create()
    {
        var command = new Command(
            "hash-password",
            "Reads a password, without showing it or from standard input, and prints its hash for Security:Principals:NAME:PasswordHash in the gateway's configuration.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var password = Console.IsInputRedirected
                ? await Console.In.ReadLineAsync(cancellationToken).ConfigureAwait(false)
                : await AskAsync(cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrEmpty(password))
            {
                await Console.Error.WriteLineAsync("There is no password.").ConfigureAwait(false);
                return ExitCodes.WrongUsage;
            }

            Console.Out.WriteLine(PasswordHash.Create(password));
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    // On standard error: standard output is for the hash, which may go into a file.
    private static async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var password = await console.PromptAsync(Prompt("Password:"), cancellationToken).ConfigureAwait(false);
        if (await console.PromptAsync(Prompt("Once more:"), cancellationToken).ConfigureAwait(false) == password)
            return password;
        await Console.Error.WriteLineAsync("The two are not the same.").ConfigureAwait(false);
        return null;
    }

    private static TextPrompt<string> Prompt(string text) => new TextPrompt<string>(text).Secret(null).AllowEmpty();
}
