using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace RabbitBridge.Cli.Workers;

/// <summary>
/// <c>rabbitbridge worker</c>: a gateway process that does what it is told by JSON lines on standard input, see
/// <see cref="WorkerCommand"/>. It ends when standard input does, so it never outlives its parent.
/// </summary>
internal static class WorkerVerb
{
    public const string Name = "worker";

    public static Command Create()
    {
        var log = new Option<LogLevel>("--log") { Description = "Logs to standard error from this level on.", DefaultValueFactory = _ => LogLevel.Warning };
        var command = new Command(Name, "A gateway process driven by JSON lines on standard input, for demo and tests.") { log };
        command.Hidden = true;
        command.SetAction((result, _) => RunAsync(result.GetValue(log)));
        return command;
    }

    private static async Task<int> RunAsync(LogLevel level)
    {
        // Ctrl-C reaches every process at the terminal; this one ends with its parent, which has something to do before.
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var loggers = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(level)
            .AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace));
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var input = new StreamReader(Console.OpenStandardInput(), encoding);
        using var output = new StreamWriter(Console.OpenStandardOutput(), encoding);
        await new WorkerLoop(input, output, loggers.CreateLogger("RabbitBridge")).RunAsync().ConfigureAwait(false);
        return 0;
    }
}
