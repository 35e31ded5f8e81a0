namespace RabbitBridge.ContractTests;

/// <summary>A clock by which no time passes: nothing that a gateway waits a while for comes to its end.</summary>
public sealed class StandingClock : TimeProvider
{
    private readonly long _timestamp = System.GetTimestamp();
    private readonly DateTimeOffset _now = System.GetUtcNow();

    public override long GetTimestamp() => _timestamp;

    public override DateTimeOffset GetUtcNow() => _now;
}
