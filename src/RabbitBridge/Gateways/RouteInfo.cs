namespace RabbitBridge;

/// <summary>A branch and who handles it.</summary>
/// <param name="Path">The branch.</param>
/// <param name="LocalHandlers">The number of handlers of this gateway's sessions.</param>
/// <param name="Gateways">The names of the other gateways with handlers.</param>
public sealed record RouteInfo(string Path, int LocalHandlers, IReadOnlyList<string> Gateways)
{
    /// <summary>The existing service that has the branch; <see cref="Gateways"/> are then the others that have given it the branch. <see langword="null"/> if handlers have it.</summary>
    public ServiceInfo? Service { get; init; }
}
