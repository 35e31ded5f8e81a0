namespace RabbitBridge.Fabric;

/// <summary>What the broker tells of a service's queue or exchange.</summary>
/// <param name="State">How it stands with it.</param>
/// <param name="Consumers">The number of consumers of the queue; <see langword="null"/> if that is not known.</param>
/// <param name="Problem">Why it is missing, for people.</param>
internal readonly record struct ServiceStatus(ServiceState State, int? Consumers = null, string? Problem = null);
