namespace RabbitBridge.RabbitMq.Connections;

/// <summary>The message by which an epoch probes its own inbox: whether one is on its way, and who waits for it.</summary>
internal sealed class SelfProbe
{
    private long _sentAt;
    private long _readUntil;
    private TaskCompletionSource? _arrival;

    /// <summary>When the one that is on its way was sent, in milliseconds of the gateway's clock; 0 if none is.</summary>
    public long SentAt => Volatile.Read(ref _sentAt);

    /// <summary>When the last one that has come back was sent: what had come to the inbox by then has been read.</summary>
    public long ReadUntil => Volatile.Read(ref _readUntil);

    /// <returns>Whether none was on its way, so that the caller sends one.</returns>
    public bool TryBegin(long now) => Interlocked.CompareExchange(ref _sentAt, now, 0) == 0;

    /// <summary>Completes when one has come back, be it sent already or not yet.</summary>
    public Task NextArrival()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _arrival, made, null) ?? made).Task;
    }

    /// <summary>The inbox was full, and so has not told how far it has been read.</summary>
    public void Refused() => End();

    public void Arrived()
    {
        // One that the drain has sent may be taken for it; nobody is judged by it any more.
        if (Volatile.Read(ref _sentAt) is var sentAt and not 0)
            Volatile.Write(ref _readUntil, sentAt);
        End();
    }

    private void End()
    {
        Volatile.Write(ref _sentAt, 0);
        Interlocked.Exchange(ref _arrival, null)?.TrySetResult();
    }
}
