using System.Collections.Concurrent;
using RabbitBridge.RabbitMq.Links;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>
/// The plain requests that an epoch has in hand. Where no other gateway consumes their queue, the broker deletes it with the connection and
/// tells nobody; so the next epoch tells those who wait.
/// </summary>
internal sealed class UnansweredRequests
{
    private readonly ConcurrentDictionary<PublicReply, bool> _open = new();

    private volatile PublicContext? _next;

    /// <summary>Notes a request. One whose answer is found to be lost only when the next epoch has begun is ended at once.</summary>
    public void Add(PublicReply request)
    {
        _open[request] = true;
        if (_next is { } next)
            EndOne(request, next);
    }

    public void Remove(PublicReply request) => _open.TryRemove(request, out _);

    /// <summary>Ends all that is left.</summary>
    /// <param name="next">That of the epoch over which the answers go.</param>
    public void EndIn(PublicContext next)
    {
        _next = next;
        foreach (var (request, _) in _open)
            EndOne(request, next);
    }

    private void EndOne(PublicReply request, PublicContext next)
    {
        if (_open.TryRemove(request, out _))
            request.ReplyOver(next, GoneGateway.MayHaveRun(0));
    }
}
