using System.CommandLine;
using RabbitBridge.Cli.Output;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge handle</c>: answers requests until Ctrl-C.</summary>
internal static class HandleVerb
{
    public static Command Create()
    {
        var path = RemoteCommand.Path("The branch of paths to handle; / for all that nobody else handles.");
        var echo = new Option<bool>("--echo") { Description = "Answer with the request." };
        var reply = new Option<string?>("--reply") { Description = "Answer with this value.", HelpName = "VALUE" };
        var (connection, values) = (new ConnectionOptions(), new ValueOptions());
        var command = new Command("handle", "Handles a branch of paths until Ctrl-C, and prints each request.") { path, echo, reply, values.Kind };
        command.Validators.Add(result =>
        {
            if (result.GetValue(echo) == result.GetValue(reply) is not null)
                result.AddError("handle needs one of --echo and --reply VALUE.");
        });
        values.Check(command, result => result.GetValue(reply));
        command.SetRemoteAction(connection, (result, remote, view, cancellationToken) =>
        {
            var fixedReply = result.GetValue(reply) is { } text ? values.Read(result, text) : null;
            return HandleAsync(result.GetRequiredValue(path), fixedReply, remote, view, cancellationToken);
        });
        return command;
    }

    private static async Task<int> HandleAsync(
        string path, Payload? fixedReply, IRemoteSession remote, IRemoteView view, CancellationToken cancellationToken)
    {
        remote.StateChanged += (session, state) => view.Connection(state, session);
        var type = PayloadDataType.Instance;
        var registration = await remote.Messages
            .AddRequestHandlerAsync(path, new PrintingHandler(view, fixedReply), type, type, cancellationToken: cancellationToken).ConfigureAwait(false);
        view.Handles(path, remote.Gateway);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, StandardStreams.Lost);
        using (remote.Closed.Register(closed.SetResult))
        {
            try
            {
                await closed.Task.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how this verb is done, and without a reader it serves nobody. Whoever has sent a request meanwhile is still answered.
                await registration.CloseAsync().ConfigureAwait(false);
                if (cancellationToken.IsCancellationRequested)
                    return ExitCodes.Done;
                return LastWords.Tell("What is handled cannot be printed any more: nobody reads it, or the disk is full.", ExitCodes.OutputLost);
            }
        }

        return remote.CloseReason is SessionCloseReason.ConnectionLost ? ExitCodes.Unreachable : ExitCodes.Failed;
    }
}
