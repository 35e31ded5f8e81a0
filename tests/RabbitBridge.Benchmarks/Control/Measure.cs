namespace RabbitBridge.Benchmarks.Control;

/// <summary>Run the callers in a closed loop and measure.</summary>
/// <param name="Callers">How many wait for an answer at any time.</param>
/// <param name="PayloadBytes">The size of the bodies, there and back.</param>
/// <param name="WarmUp">The time before the measurement.</param>
/// <param name="Duration">The time of the measurement.</param>
/// <param name="Requests">Ends the measurement of one caller earlier; <see langword="null"/> for no such limit.</param>
internal sealed record Measure(int Callers, int PayloadBytes, TimeSpan WarmUp, TimeSpan Duration, int? Requests) : WorkerCommand;
