using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>A gateway that has given a branch to an existing service.</summary>
/// <param name="Peer">The gateway; <see langword="null"/> for this one.</param>
/// <param name="Service">The service.</param>
internal sealed record ExternalRoute(Peer? Peer, ServiceAnnouncement Service);
