using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge routes</c>: which paths have handlers.</summary>
internal static class RoutesVerb
{
    public static Command Create()
    {
        var connection = new ConnectionOptions();
        var command = new Command("routes", "The gateways, and which paths have handlers where, as one gateway sees them.");
        command.SetRemoteAction(connection, async (result, remote, view, cancellationToken) =>
        {
            view.Routes(await remote.GetFabricAsync(cancellationToken).ConfigureAwait(false));
            return ExitCodes.Done;
        });
        return command;
    }
}
