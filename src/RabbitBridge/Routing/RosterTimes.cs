namespace RabbitBridge.Routing;

/// <summary>The times of the presence protocol, in milliseconds.</summary>
/// <param name="HeartbeatMilliseconds">Between two heartbeats while the roster is small.</param>
/// <param name="ProbeMilliseconds">How long a gateway on which something depends may be silent, and then how long it may take to answer a probe.</param>
/// <param name="ReturnMilliseconds">How long a gateway that has lost its connection may take to connect anew before it is taken for gone.</param>
/// <param name="SettleMilliseconds">How long to wait at most until all gateways know a change.</param>
internal sealed record RosterTimes(int HeartbeatMilliseconds, int ProbeMilliseconds, int ReturnMilliseconds, int SettleMilliseconds)
{
    /// <summary>Between two looks at the other gateways.</summary>
    public const int TickMilliseconds = 250;
}
