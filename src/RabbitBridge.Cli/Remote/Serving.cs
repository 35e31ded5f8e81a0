using RabbitBridge.Cli.Output;

namespace RabbitBridge.Cli.Remote;

/// <summary>Verbs that serve until Ctrl-C.</summary>
internal static class Serving
{
    /// <summary>Serves until Ctrl-C, the end of the session, or the loss of the output.</summary>
    /// <param name="remote">The session, whose changes of connection are shown.</param>
    /// <param name="view">Where to show them.</param>
    /// <param name="begin">Begins to serve; what it returns ends that.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <param name="failed">Has the exit code when it cannot go on.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IRemoteSession remote, IRemoteView view, Func<CancellationToken, Task<Func<Task>>> begin, CancellationToken cancellationToken, Task<int>? failed = null)
    {
        remote.StateChanged += (session, state) => view.Connection(state, session);
        var end = await begin(cancellationToken).ConfigureAwait(false);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, StandardStreams.Lost);
        using (remote.Closed.Register(closed.SetResult))
        {
            try
            {
                if (await Task.WhenAny(closed.Task, failed ?? closed.Task).WaitAsync(stop.Token).ConfigureAwait(false) != closed.Task)
                {
                    await end().ConfigureAwait(false);
                    return await failed!.ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how such a verb is done, and without a reader it serves nobody. Whoever has sent a request meanwhile is still answered.
                await end().ConfigureAwait(false);
                if (cancellationToken.IsCancellationRequested)
                    return ExitCodes.Done;
                return LastWords.Tell("What comes cannot be printed any more: nobody reads it, or the disk is full.", ExitCodes.OutputLost);
            }
        }

        return remote.CloseReason is SessionCloseReason.ConnectionLost ? ExitCodes.Unreachable : ExitCodes.Failed;
    }
}
