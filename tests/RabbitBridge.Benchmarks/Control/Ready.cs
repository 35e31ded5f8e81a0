namespace RabbitBridge.Benchmarks.Control;

/// <summary>The worker is what it was told to be.</summary>
/// <param name="Address">Where its partner finds it, if it answers.</param>
internal sealed record Ready(string Address) : WorkerEvent;
