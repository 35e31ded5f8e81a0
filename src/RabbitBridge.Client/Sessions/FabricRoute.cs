namespace RabbitBridge;

/// <summary>A branch that has handlers.</summary>
/// <param name="Path">The branch.</param>
/// <param name="LocalHandlers">How many handlers the gateway that was asked has on it.</param>
/// <param name="Gateways">The other gateways that have some.</param>
public sealed record FabricRoute(string Path, int LocalHandlers, IReadOnlyList<string> Gateways);
