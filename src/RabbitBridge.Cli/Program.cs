using System.CommandLine;
using System.CommandLine.Invocation;
using RabbitBridge.Cli;
using RabbitBridge.Cli.Demo;
using RabbitBridge.Cli.Doctor;
using RabbitBridge.Cli.Gateways;
using RabbitBridge.Cli.Output;
using RabbitBridge.Cli.Remote;
using RabbitBridge.Cli.Security;
using RabbitBridge.Cli.Telemetry;
using RabbitBridge.Cli.Workers;

var root = new RootCommand($"""
    RabbitBridge: gateways whose sessions send each other requests over RabbitMQ.

      handle, stream, request, filter, message, receive, sessions, set, close, routes, watch and services are clients of a gateway,
      that of --address or RABBITBRIDGE_ADDRESS.

      Where demo needs a broker it takes that of RABBITBRIDGE_AMQP_URI (amqp://user:password@host:port/vhost). If that is not
      set it starts one of its own: a container if Docker answers, else a private node of the installed rabbitmq-server, which
      is installed first on Debian and Ubuntu as root. RABBITBRIDGE_BROKER chooses: external, container, node or auto.

    {ExitCodes.Help}
    """)
{
    DemoVerb.Create(),
    GatewayVerb.Create(),
    HandleVerb.Create(),
    StreamVerb.Create(),
    RequestVerb.Create(),
    FilterVerb.Create(),
    MessageVerb.Create(),
    ReceiveVerb.Create(),
    SessionsVerb.Create(),
    SetVerb.Create(),
    CloseVerb.Create(),
    RoutesVerb.Create(),
    WatchVerb.Create(),
    ServicesVerb.Create(),
    DoctorVerb.Create(),
    HashPasswordVerb.Create(),
    CompletionVerb.Create(),
    WorkerVerb.Create(),
};
root.HelpName = "rabbitbridge";

// What begins with @ is a value: a file of arguments in its place would be read, and shown, without anybody having asked for it.
var command = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
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
