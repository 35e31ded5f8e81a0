namespace RabbitBridge.Fabric;

/// <summary>A request that this gateway has in hand for somebody else: it is being handled, or was passed on.</summary>
internal interface IRequestInHand
{
    /// <summary>The number that it has with whoever sent it here.</summary>
    long OriginId { get; }

    /// <summary>Whether it is a request to many: it may be in hand for long with nothing to do.</summary>
    bool IsToMany => false;

    /// <summary>What it consists of: itself, or the requests to each of the sessions that a filter has selected.</summary>
    IEnumerable<IRequestInHand> Parts => [this];

    /// <summary>Nobody waits any more.</summary>
    void Abandon();

    /// <summary>Whether it waits for its turn at its handler.</summary>
    bool IsWaiting => false;
}
