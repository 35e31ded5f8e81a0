using System.CommandLine;
using System.CommandLine.Invocation;
using RabbitBridge.Cli;
using RabbitBridge.Cli.Gateways;
using RabbitBridge.Cli.Output;
using RabbitBridge.Cli.Telemetry;

var command = CommandLine.Parse(args);
// A gateway goes on without a log.
var isGateway = command.CommandResult.Command.Name == GatewayVerb.Name;
using var streams = isGateway ? null : StandardStreams.Guard();
// And tells what it does by itself.
using var telemetry = isGateway ? null : CliTelemetry.Start();
try
{
    if (command.Action is ParseErrorAction wrong)
        return await WrongUsage.TellAsync(command, wrong, args).ConfigureAwait(false);

    var configuration = new InvocationConfiguration
    {
        // On Ctrl-C a verb cleans up; a broker of its own takes some seconds to shut down. A gateway sees to its end by itself.
        ProcessTerminationTimeout = isGateway ? null : TimeSpan.FromSeconds(30),
        EnableDefaultExceptionHandler = false,
    };
    return await command.InvokeAsync(configuration).ConfigureAwait(false);
}
catch (OutputLostException lost)
{
    return LastWords.Tell(lost.Message, ExitCodes.OutputLost);
}
#pragma warning disable CA1031 // Whatever a verb does not know how to tell is told here, and the process ends with a code.
catch (Exception exception)
#pragma warning restore CA1031
{
    return LastWords.Tell($"This should not happen: {exception}", ExitCodes.Failed);
}
