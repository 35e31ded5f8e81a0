using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge watch</c>: tells what comes and goes, until Ctrl-C.</summary>
internal static class WatchVerb
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create() => new("watch", "Prints what is there, and then what comes, changes and goes, until Ctrl-C.") { Sessions(), Routes() };

    private static Command Sessions()
    {
        var filter = RemoteCommand.Filter(ArgumentArity.ZeroOrOne);
        var properties = SessionsVerb.Properties();
        var command = new Command("sessions", "The sessions of all gateways.") { filter, properties };
        command.SetRemoteAction(new ConnectionOptions(), (result, remote, view, cancellationToken) => Serving.RunAsync(
            remote,
            view,
            async cancelled =>
            {
                var options = SessionsVerb.Options(result, filter, properties);
                var listener = await remote.Sessions.AddListenerAsync(new SessionPrinter(view), options, cancelled).ConfigureAwait(false);
                return () => listener.DisposeAsync().AsTask();
            },
            cancellationToken));
        return command;
    }

    private static Command Routes()
    {
        var command = new Command("routes", "The paths that have handlers, as one gateway sees them; it is asked once a second.");
        command.SetRemoteAction(new ConnectionOptions(), (_, remote, view, cancellationToken) =>
        {
            var failed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            return Serving.RunAsync(
                remote,
                view,
                async cancelled =>
                {
                    // Who may not see them is told so at once.
                    var first = await remote.GetFabricAsync(cancelled).ConfigureAwait(false);
                    var stop = new CancellationTokenSource();
                    var watching = WatchAsync(first, remote, view, failed, stop.Token);
                    return async () =>
                    {
                        await stop.CancelAsync().ConfigureAwait(false);
                        await watching.ConfigureAwait(false);
                        stop.Dispose();
                    };
                },
                cancellationToken,
                failed.Task);
        });
        return command;
    }

    private static async Task WatchAsync(FabricView first, IRemoteSession remote, IRemoteView view, TaskCompletionSource<int> failed, CancellationToken cancellationToken)
    {
        var known = new RouteChanges();
        try
        {
            for (var fabric = first; ; fabric = await AskAsync(remote, cancellationToken).ConfigureAwait(false) ?? fabric)
            {
                foreach (var (what, route) in known.Next(fabric.Routes))
                    view.Route(what, route);
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C.
        }
        catch (SessionClosedException)
        {
            // The verb ends with the session, and tells why.
        }
        catch (MessagingException exception)
        {
            view.Error(exception);
            failed.SetResult(ExitCodes.For(exception.Reason));
        }
#pragma warning disable CA1031 // Whatever it is, the verb ends with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed.SetException(exception);
        }
    }

    // While the connection is lost, of which the view tells, nothing is known to have changed.
    private static async Task<FabricView?> AskAsync(IRemoteSession remote, CancellationToken cancellationToken)
    {
        try
        {
            return await remote.GetFabricAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CommunicationFailureException)
        {
            return null;
        }
    }
}
