namespace RabbitBridge.Benchmarks.Control;

/// <summary>All handlers are registered.</summary>
/// <param name="Began">When the first registration began.</param>
/// <param name="Elapsed">From there to the end of the last one.</param>
internal sealed record Registered(DateTimeOffset Began, TimeSpan Elapsed) : WorkerEvent;
