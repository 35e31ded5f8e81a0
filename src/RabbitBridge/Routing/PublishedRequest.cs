using RabbitBridge.Fabric;

namespace RabbitBridge.Routing;

/// <summary>Stands for whoever takes a request that was published by its path: it is not known.</summary>
/// <param name="branch">The branch whose queue it went to, or <see langword="null"/> if nobody was known for the path.</param>
/// <param name="own">The link to this gateway's own inbox, if it may be the one that takes the request.</param>
internal sealed class PublishedRequest(Branch? branch, GatewayLink? own) : ICallCarrier
{
    /// <summary>To whom it goes is for the broker to decide.</summary>
    public static readonly PublishedRequest ToAnybody = new(branch: null, own: null);

    /// <summary>Tells every gateway of the branch; those that do not have it pass it over. Elsewhere the message expires at the broker when its time is over.</summary>
    public void Cancel(long id)
    {
        foreach (var route in branch?.Remote ?? [])
            route.Peer.Link.Cancel(id);
        own?.Cancel(id);
    }
}
