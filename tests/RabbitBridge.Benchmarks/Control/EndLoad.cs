namespace RabbitBridge.Benchmarks.Control;

/// <summary>Send no more, wait for the ends of all requests, and give account.</summary>
/// <param name="BrokenAt">When the broker went.</param>
/// <param name="MendedAt">When it was there again.</param>
internal sealed record EndLoad(DateTimeOffset BrokenAt, DateTimeOffset MendedAt) : WorkerCommand;
