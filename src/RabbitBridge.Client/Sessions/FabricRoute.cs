namespace RabbitBridge;

/// <summary>A branch that has handlers, or an existing service.</summary>
/// <param name="Path">The branch.</param>
/// <param name="LocalHandlers">How many handlers the gateway that was asked has on it.</param>
/// <param name="Gateways">The other gateways that have some.</param>
public sealed record FabricRoute(string Path, int LocalHandlers, IReadOnlyList<string> Gateways)
{
    /// <summary>The existing service that has the branch; <see cref="Gateways"/> are then the other gateways that have given it the branch. <see langword="null"/> if handlers have it.</summary>
    public ServiceInfo? Service { get; init; }

    /// <summary>Why plain AMQP clients do not reach the gateway that was asked by the branch: its handler queue cannot be consumed, which is tried again until it can. <see langword="null"/> if nothing is known to be wrong.</summary>
    public string? Problem { get; init; }
}
