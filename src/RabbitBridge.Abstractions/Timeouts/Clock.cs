namespace RabbitBridge;

/// <summary>Monotonic milliseconds since the clock was made; starts at 1, so that 0 can mean never.</summary>
internal sealed class Clock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();
    private readonly long _ticksInMillisecond = Math.Max(1, timeProvider.TimestampFrequency / 1000);

    public TimeProvider TimeProvider { get; } = timeProvider;

    /// <summary>When so many milliseconds are over; 0, for never, if they are none.</summary>
    public long DeadlineIn(int milliseconds) => milliseconds == 0 ? 0 : Now + milliseconds;

    /// <summary>What is left until then, in milliseconds; at least 1.</summary>
    public long Until(long deadline) => Math.Max(1, deadline - Now);

    public long Now => 1 + ((TimeProvider.GetTimestamp() - _start) / _ticksInMillisecond);
}
