namespace RabbitBridge.UnitTests.Timeouts;

/// <summary>Notes when it expires.</summary>
internal sealed class Entry(Clock clock, long deadline) : Expiring
{
    private int _expirations;

    public long Deadline { get; } = deadline;

    public long ExpiredAt { get; private set; }

    public int Expirations => Volatile.Read(ref _expirations);

    public Action? Then { get; set; }

    public override void OnExpired()
    {
        ExpiredAt = clock.Now;
        Interlocked.Increment(ref _expirations);
        Then?.Invoke();
    }
}
