namespace RabbitBridge;

/// <summary>A branch and who handles it.</summary>
/// <param name="Path">The branch.</param>
/// <param name="LocalHandlers">The number of handlers of this gateway's sessions.</param>
/// <param name="Gateways">The names of the other gateways with handlers.</param>
public sealed record RouteInfo(string Path, int LocalHandlers, IReadOnlyList<string> Gateways)
{
    /// <summary>The existing service that has the branch; <see cref="Gateways"/> are then the others that have given it the branch. <see langword="null"/> if handlers have it.</summary>
    public ServiceInfo? Service { get; init; }

    /// <summary>Why plain AMQP clients do not reach this gateway by the branch: its handler queue cannot be consumed, which is tried again until it can. <see langword="null"/> if nothing is known to be wrong.</summary>
    public string? Problem { get; init; }
}
