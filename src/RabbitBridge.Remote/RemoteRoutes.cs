namespace RabbitBridge.Remote;

/// <summary>What a gateway knows of its fabric.</summary>
/// <param name="Gateway">The gateway that tells.</param>
/// <param name="Gateways">The others.</param>
/// <param name="Routes">The branches that have handlers.</param>
/// <param name="Projects">The message handlers at the gateway that tells.</param>
/// <param name="FindsBoundQueues">Whether queues that services have bound by themselves are among the routes.</param>
internal sealed record RemoteRoutes(string Gateway, IReadOnlyList<string> Gateways, IReadOnlyList<RemoteRoute> Routes, IReadOnlyList<ProjectHandlerInfo> Projects, bool FindsBoundQueues = false);
