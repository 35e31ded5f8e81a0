namespace RabbitBridge.Benchmarks.Control;

/// <summary>The gateway is connected again.</summary>
internal sealed record Returned(DateTimeOffset At) : WorkerEvent;
