namespace RabbitBridge.RabbitMq.Connections;

/// <summary>The message by which an epoch probes its own inbox: whether one is on its way, and who waits for it.</summary>
internal sealed class SelfProbe
{
    private long _sentAt;
    private TaskCompletionSource? _arrival;

    /// <summary>When the one that is on its way was sent, in milliseconds of the gateway's clock; 0 if none is.</summary>
    public long SentAt => Volatile.Read(ref _sentAt);

    /// <returns>Whether none was on its way, so that the caller sends one.</returns>
    public bool TryBegin(long now) => Interlocked.CompareExchange(ref _sentAt, now, 0) == 0;

    /// <summary>Completes when one has come back, be it sent already or not yet.</summary>
    public Task NextArrival()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _arrival, made, null) ?? made).Task;
    }

    public void Arrived()
    {
        Volatile.Write(ref _sentAt, 0);
        Interlocked.Exchange(ref _arrival, null)?.TrySetResult();
    }
}
