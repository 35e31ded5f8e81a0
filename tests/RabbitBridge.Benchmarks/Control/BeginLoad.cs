namespace RabbitBridge.Benchmarks.Control;

/// <summary>Begin to send.</summary>
/// <param name="PerSecond">How many requests.</param>
/// <param name="PayloadBytes">The size of the bodies, there and back.</param>
/// <param name="Timeout">The time of each request.</param>
internal sealed record BeginLoad(int PerSecond, int PayloadBytes, TimeSpan Timeout) : WorkerCommand;
