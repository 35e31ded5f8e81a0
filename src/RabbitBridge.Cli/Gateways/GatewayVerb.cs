using System.CommandLine;
using RabbitBridge.Gateway.Hosting;

namespace RabbitBridge.Cli.Gateways;

/// <summary><c>rabbitbridge gateway</c>: the gateway process.</summary>
internal static class GatewayVerb
{
    public const string Name = "gateway";

    public static Command Create()
    {
        var command = new Command(
            Name,
            """
            A gateway process, until Ctrl-C or SIGTERM. What follows is configuration, as --KEY VALUE or --SECTION:KEY VALUE; it is also read from
            appsettings.json in the working folder and from the environment (SECTION__KEY).

              rabbitbridge gateway --urls http://0.0.0.0:5000 --Gateway:Name berlin --RabbitMq:Uri amqp://user:password@broker/
              rabbitbridge gateway --Fabric InMemory    a single gateway without a broker
            """);
        // They are not ours to know: the gateway's configuration says which of them are wrong.
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((result, _) => GatewayHost.RunAsync([.. result.UnmatchedTokens]));
        return command;
    }
}
