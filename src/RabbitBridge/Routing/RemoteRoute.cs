using RabbitBridge.Calls;
using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Another gateway that handles a branch.</summary>
internal sealed record RemoteRoute(Peer Peer, BranchAnnouncement Announcement)
{
    public PropertySelection Properties { get; } = PropertySelection.Of(Announcement.Properties);
}
