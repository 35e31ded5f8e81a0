namespace RabbitBridge.Fabric;

/// <summary>An existing service that a gateway has given a path, as the others hear of it.</summary>
/// <param name="Route">The way to it.</param>
/// <param name="Status">How it stands with it.</param>
/// <param name="IsClaim">Whether the gateway keeps the path for it and nobody routes to it: it has just come, and others may object, or it leaves.</param>
/// <param name="IsFound">Whether the service has bound its queue by itself, and the gateway has found it; others find it too.</param>
internal sealed record ServiceAnnouncement(ServiceRoute Route, ServiceStatus Status, bool IsClaim = false, bool IsFound = false)
{
    /// <summary>The announcement by which a gateway keeps a path.</summary>
    public static ServiceAnnouncement Claim(ServiceRoute route) => new(route, new ServiceStatus(ServiceState.Missing), IsClaim: true);
}
