namespace RabbitBridge;

/// <summary>What a gateway knows of its fabric.</summary>
/// <param name="Gateway">The gateway that was asked.</param>
/// <param name="Gateways">The other gateways.</param>
/// <param name="Routes">The branches that have handlers, by path.</param>
public sealed record FabricView(string Gateway, IReadOnlyList<string> Gateways, IReadOnlyList<FabricRoute> Routes)
{
    /// <summary>The message handlers of projects, at the gateway that was asked and at its client sessions.</summary>
    public IReadOnlyList<ProjectHandlerInfo> Projects { get; init; } = [];
}
