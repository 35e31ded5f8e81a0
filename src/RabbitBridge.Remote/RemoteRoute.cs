namespace RabbitBridge.Remote;

/// <summary>A branch that has handlers.</summary>
/// <param name="Path">The branch.</param>
/// <param name="LocalHandlers">How many handlers the gateway that tells has on it.</param>
/// <param name="Gateways">The other gateways that have some.</param>
/// <param name="Service">The existing service that has the branch; <see langword="null"/> if handlers have it.</param>
/// <param name="Problem">Why its handler queue is not consumed, if it is wanted.</param>
internal sealed record RemoteRoute(string Path, int LocalHandlers, IReadOnlyList<string> Gateways, ServiceInfo? Service, string? Problem = null);
