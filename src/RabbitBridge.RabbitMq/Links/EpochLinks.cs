using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client.Events;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>The links of an epoch, one for each gateway that it sends to or hears of; all of them go over its one publisher.</summary>
internal sealed class EpochLinks(Epoch epoch, Publisher publisher, int framesInFlight)
{
    // Senders beyond any honest roster: someone makes up reply addresses.
    private const int MaxLinks = 10_000;

    private readonly ConcurrentDictionary<string, RabbitMqLink> _links = new(StringComparer.Ordinal);

    public IEnumerable<RabbitMqLink> All => _links.Values;

    public RabbitMqLink Link(string address)
    {
        var link = _links.GetOrAdd(address, static (address, links) => links.Create(address), this);
        // It may have come after all links were closed, and what it took would never end.
        if (epoch.Ended.IsCompleted)
            link.Close();
        return link;
    }

    /// <summary>Finds the link to the sender of a message.</summary>
    /// <exception cref="FrameException">The reply address is not that of a gateway, or of one too many.</exception>
    public RabbitMqLink LinkToSender(string? replyTo)
    {
        if (replyTo is null || !epoch.Names.IsInbox(replyTo))
            throw new FrameException(FrameDefect.UnknownSender, $"The reply address '{replyTo}' of a frame is not a gateway's inbox; use the public plane.");
        if (_links.Count >= MaxLinks && !_links.ContainsKey(replyTo))
            throw new FrameException(FrameDefect.UnknownSender, $"This gateway serves {MaxLinks} other gateways, and no more.");

        var link = Link(replyTo);
        link.Heard(epoch.Clock.Now);
        return link;
    }

    public void Drop(GatewayLink link)
    {
        var dropped = (RabbitMqLink)link;
        _links.TryRemove(new KeyValuePair<string, RabbitMqLink>(link.Address, dropped));
        dropped.Close();
    }

    /// <summary>Takes nothing more from the gateway: afterwards no link accepts a request.</summary>
    public void CloseAll()
    {
        foreach (var link in _links.Values)
            link.Close();
    }

    /// <summary>The broker has returned what was published without a confirm.</summary>
    public void OnLoneReturned(BasicReturnEventArgs returned)
    {
        // Frames go through the exchange of gateways, answers to plain clients through the default one.
        if (returned.Exchange.Length == 0)
            epoch.ResponsesLost(1, "the requester's reply queue is gone");
        // The calls of a link that was dropped have failed already.
        else if (_links.TryGetValue(returned.RoutingKey, out var link))
            link.OnLoneReturned(returned.Body);
    }

    private RabbitMqLink Create(string address) => new(epoch, publisher, address, framesInFlight);
}
