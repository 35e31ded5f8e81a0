namespace RabbitBridge.Fabric;

/// <summary>The requests that a gateway has in hand for others, whatever way they came: over a link, or from plain callers.</summary>
internal sealed class RequestRegister(IFabric fabric)
{
    /// <summary>Those of plain callers. They come one by one, and at most a prefetch of them; a thread that is woken for each costs 9 us of 125.</summary>
    public RequestsInHand Plain { get; } = new(comesSingly: true);

    public IEnumerable<IRequestInHand> All => fabric.Links.Select(static link => link.Incoming).Append(Plain).SelectMany(static way => way.All());

    /// <summary>The connection is lost: no answer gets out any more, and what is to be redelivered is on its way to others.</summary>
    public void ConnectionLost()
    {
        foreach (var link in fabric.Links)
            link.Incoming.End();
        Plain.CancelAll();
    }
}
