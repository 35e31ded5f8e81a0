using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge close</c>: closes a session, or all that a filter selects.</summary>
internal static class CloseVerb
{
    public static Command Create()
    {
        var target = RemoteCommand.SessionOrFilter();
        var command = new Command("close", "Closes a session, or all others that a filter selects, and prints how many. Their clients are told, and do not connect anew.") { target };
        command.SetRemoteAction(new ConnectionOptions(), async (result, remote, view, cancellationToken) =>
        {
            var (session, filter) = RemoteCommand.SplitTarget(result.GetRequiredValue(target));
            var closed = 1;
            if (session is { } id)
                await remote.Sessions.CloseAsync(id, cancellationToken).ConfigureAwait(false);
            else
                closed = await remote.Sessions.CloseAsync(filter!.And(SessionFilter.Parse($"$SessionId ne '{remote.Id}'")), cancellationToken).ConfigureAwait(false);
            view.Changed(closed);
            return ExitCodes.Done;
        });
        return command;
    }
}
