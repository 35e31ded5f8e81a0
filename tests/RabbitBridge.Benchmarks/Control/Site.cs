namespace RabbitBridge.Benchmarks.Control;

/// <summary>Where a worker works: the broker, and the names that no other run uses.</summary>
internal sealed record Site(Uri Broker, string Prefix);
