namespace RabbitBridge;

/// <summary>What a gateway knows of its fabric.</summary>
/// <param name="Gateway">The gateway that was asked.</param>
/// <param name="Gateways">The other gateways.</param>
/// <param name="Routes">The branches that have handlers, by path.</param>
public sealed record FabricView(string Gateway, IReadOnlyList<string> Gateways, IReadOnlyList<FabricRoute> Routes)
{
    /// <summary>The message handlers of projects, at the gateway that was asked and at its client sessions.</summary>
    public IReadOnlyList<ProjectHandlerInfo> Projects { get; init; } = [];

    /// <summary>Whether queues that services have bound by themselves are among the routes; otherwise nobody sees them (<c>RabbitMq:Management</c>).</summary>
    public bool FindsBoundQueues { get; init; }
}
