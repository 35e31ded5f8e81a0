namespace RabbitBridge.Benchmarks.Control;

/// <summary>What came out.</summary>
/// <param name="Requests">How many were answered in the time.</param>
/// <param name="PerSecond">The same by time.</param>
/// <param name="P50Microseconds">Half of them took no longer.</param>
/// <param name="P99Microseconds">99 in a hundred took no longer.</param>
/// <param name="StarvedCallers">Callers that got no answer in the time: they stand behind no figure.</param>
/// <param name="AllRequests">How many were answered altogether, the warm-up included.</param>
internal sealed record Measured(
    long Requests, double PerSecond, double P50Microseconds, double P99Microseconds, int StarvedCallers, long AllRequests) : WorkerEvent;
