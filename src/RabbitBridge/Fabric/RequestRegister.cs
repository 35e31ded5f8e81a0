namespace RabbitBridge.Fabric;

/// <summary>The requests that a gateway has in hand for others, whatever way they came: over a link, or from plain callers.</summary>
internal sealed class RequestRegister(IFabric fabric)
{
    /// <summary>Those of plain callers. They come one by one, and at most a prefetch of them; a thread that is woken for each costs 9 us of 125.</summary>
    public RequestsInHand Plain { get; } = new(comesSingly: true);

    /// <summary>The filter requests of this gateway's own sessions; their other requests are found by their calls.</summary>
    public RequestsInHand Own { get; } = new();

    public IEnumerable<IRequestInHand> All =>
        fabric.Links.Select(static link => link.Incoming).Append(Plain).Append(Own).SelectMany(static way => way.All()).SelectMany(static request => request.Parts);

    /// <summary>The connection is lost: no answer gets out any more, and what is to be redelivered is on its way to others.</summary>
    public void ConnectionLost()
    {
        foreach (var link in fabric.Links)
            link.Incoming.End();
        Plain.CancelAll();
    }
}
