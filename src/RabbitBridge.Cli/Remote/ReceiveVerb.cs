using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge receive</c>: prints the messages of a project that are sent to its session, until Ctrl-C.</summary>
internal static class ReceiveVerb
{
    public static Command Create()
    {
        var project = MessageVerb.Name("PROJECT", "The project, to which the session belongs then.");
        var handler = MessageVerb.Name("HANDLER", "The message handler's name.");
        var host = new Option<string?>("--host") { Description = "The host that the session names. Default: its address, as the gateway sees it.", HelpName = "NAME" };
        var connection = new ConnectionOptions();
        var command = new Command("receive", "Handles messages of a project in a client session until Ctrl-C, and prints each.") { project, handler, host };
        command.SetRemoteAction(
            connection,
            (result, remote, view, cancellationToken) => ReceiveAsync(result.GetRequiredValue(project), result.GetRequiredValue(handler), remote, view, cancellationToken),
            (result, options) => options with { Project = result.GetRequiredValue(project), HostName = result.GetValue(host) });
        return command;
    }

    private static Task<int> ReceiveAsync(string project, string handler, IRemoteSession remote, IRemoteView view, CancellationToken cancellationToken) => Serving.RunAsync(
        remote,
        view,
        async cancelled =>
        {
            var registration = await remote.Projects.AddMessageHandlerAsync(handler, view.Message, cancelled).ConfigureAwait(false);
            view.Receives(project, handler, remote);
            return () => registration.DisposeAsync().AsTask();
        },
        cancellationToken);
}
