using System.Threading.Channels;
using RabbitBridge.Sessions;

namespace RabbitBridge.Client.Sessions;

/// <summary>
/// Tells the application of what becomes of a session, one after the other and off the loop that keeps the connection: a callback may take its
/// time, and may wait for the session to be closed.
/// </summary>
internal sealed class CallbackQueue
{
    private readonly Channel<Action> _callbacks = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly object _owner;
    private readonly Action<Exception> _failed;

    /// <param name="owner">The session.</param>
    /// <param name="failed">Takes what callbacks throw.</param>
    public CallbackQueue(object owner, Action<Exception> failed)
    {
        (_owner, _failed) = (owner, failed);
        Completion = Task.Run(CallAllAsync, CancellationToken.None);
    }

    /// <summary>Ends with the last callback. Never fails.</summary>
    public Task Completion { get; }

    public void Add(Action callback) => _callbacks.Writer.TryWrite(callback);

    /// <summary>Takes no more; what waits is still called.</summary>
    public void Complete() => _callbacks.Writer.TryComplete();

    private async Task CallAllAsync()
    {
        await foreach (var callback in _callbacks.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            CallbackScope.Run(_owner, callback, _failed);
    }
}
