namespace RabbitBridge.Sessions;

/// <summary>The token by which a session tells that it is closed. Callbacks on it are the application's.</summary>
/// <param name="owner">The session.</param>
/// <param name="failed">Takes what callbacks throw.</param>
#pragma warning disable CA1001 // A source without a timer and without a handle needs no disposal, and its token is asked for as long as anybody likes.
internal sealed class ClosedSignal(object owner, Action<Exception> failed)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    /// <summary>Cancels the token.</summary>
    /// <returns>Completes when the token is cancelled, with a task that completes when its callbacks have run; neither fails.</returns>
    public async Task<Task> SetAsync()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The last one that is registered is called first, before any of the application's, which may block.
        using var registration = _source.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled);
        var told = Task.Run(() => CallbackScope.Run(owner, _source.Cancel, failed));
        await cancelled.Task.ConfigureAwait(false);
        return told;
    }
}
