using System.Collections.Concurrent;
using RabbitBridge.RabbitMq.Connections;
using RabbitBridge.RabbitMq.Consuming;

namespace RabbitBridge.RabbitMq.PublicPlane;

/// <summary>
/// The plain requests that an epoch has in hand. Where no other gateway consumes their queue, the broker deletes it with the connection and
/// tells nobody; so the next epoch tells those who wait.
/// </summary>
internal sealed class UnansweredRequests
{
    private readonly ConcurrentDictionary<PublicReply, bool> _open = new();

    public void Add(PublicReply request) => _open[request] = true;

    public void Remove(PublicReply request) => _open.TryRemove(request, out _);

    /// <summary>Ends all that is left.</summary>
    /// <param name="next">The epoch over which the answers go.</param>
    public void EndIn(Epoch next)
    {
        foreach (var (request, _) in _open)
            request.ReplyOver(next, QueuedFrames.MayHaveRun(0));
        _open.Clear();
    }
}
