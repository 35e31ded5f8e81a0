namespace RabbitBridge;

/// <summary>Monotonic milliseconds since the clock was made; starts at 1, so that 0 can mean never.</summary>
internal sealed class Clock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();

    public TimeProvider TimeProvider { get; } = timeProvider;

    public long Now => 1 + (long)TimeProvider.GetElapsedTime(_start).TotalMilliseconds;
}
