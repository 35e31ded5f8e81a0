using System.CommandLine;
using RabbitBridge.Cli.Demo;
using RabbitBridge.Cli.Workers;

var root = new RootCommand("""
    RabbitBridge: gateways whose sessions send each other requests over RabbitMQ.

      Where a verb needs a broker it takes that of RABBITBRIDGE_AMQP_URI (amqp://user:password@host:port/vhost). If that is not
      set it starts one of its own: a container if Docker answers, else a private node of the installed rabbitmq-server, which
      is installed first on Debian and Ubuntu as root. RABBITBRIDGE_BROKER chooses: external, container, node or auto.
    """)
{
    DemoVerb.Create(),
    WorkerVerb.Create(),
};
root.HelpName = "rabbitbridge";

// On Ctrl-C a verb cleans up; a broker of its own takes some seconds to shut down.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await root.Parse(args).InvokeAsync(configuration).ConfigureAwait(false);
