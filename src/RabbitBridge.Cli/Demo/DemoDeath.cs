namespace RabbitBridge.Cli.Demo;

/// <summary>What the callers of a gateway that was killed got.</summary>
/// <param name="Requests">How many were in flight.</param>
/// <param name="Outcomes">How many got which response or error.</param>
/// <param name="FirstMilliseconds">From the kill to the first caller's answer.</param>
/// <param name="LastMilliseconds">From the kill to the last caller's answer.</param>
internal sealed record DemoDeath(int Requests, IReadOnlyDictionary<string, int> Outcomes, double FirstMilliseconds, double LastMilliseconds);
