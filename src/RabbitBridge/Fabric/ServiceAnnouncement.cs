namespace RabbitBridge.Fabric;

/// <summary>An existing service that a gateway has given a path, as the others hear of it.</summary>
/// <param name="Route">The way to it.</param>
/// <param name="Status">How it stands with it.</param>
internal sealed record ServiceAnnouncement(ServiceRoute Route, ServiceStatus Status);
