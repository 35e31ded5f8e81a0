namespace RabbitBridge.Benchmarks.Control;

/// <summary>Add handlers on that many paths.</summary>
/// <param name="Path">The path below which they are.</param>
/// <param name="Count">How many.</param>
/// <param name="AtOnce">How many registrations are under way at any time.</param>
internal sealed record RegisterHandlers(string Path, int Count, int AtOnce) : WorkerCommand;
