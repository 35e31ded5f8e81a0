using System.CommandLine;
using RabbitBridge.Cli.Demo;
using RabbitBridge.Cli.Doctor;
using RabbitBridge.Cli.Gateways;
using RabbitBridge.Cli.Remote;
using RabbitBridge.Cli.Security;
using RabbitBridge.Cli.Workers;

namespace RabbitBridge.Cli;

/// <summary>All verbs.</summary>
internal static class CommandLine
{
    /// <summary>Reads a command line.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args)
    {
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
        return root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }
}
