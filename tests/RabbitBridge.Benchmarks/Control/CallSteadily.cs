namespace RabbitBridge.Benchmarks.Control;

/// <summary>Be a gateway that sends requests by the clock, whatever becomes of those before.</summary>
/// <param name="Site">Where.</param>
/// <param name="Path">The path that is asked.</param>
/// <param name="Capacity">How many requests of a load are kept account of; there are no more in it.</param>
internal sealed record CallSteadily(Site Site, string Path, int Capacity) : WorkerCommand;
