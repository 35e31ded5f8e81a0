using System.Collections.Concurrent;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>
/// The transit times of all gateways that have sent something. They outlast links and epochs, of the sender as of this gateway: what the broker holds back comes when
/// the sender's next inbox is known already, or is delivered again to this gateway's next consumer, and would look young if there were nothing to compare it with.
/// </summary>
internal sealed class TransitTimes
{
    // Beyond any honest roster: someone makes up reply addresses.
    private const int MaxGateways = 10_000;

    private readonly ConcurrentDictionary<string, TransitTime> _times = new(StringComparer.Ordinal);

    /// <summary>The one of a gateway.</summary>
    /// <param name="gateway">What all inboxes of its process have in common.</param>
    /// <param name="now">The time, by the own clock.</param>
    public TransitTime Of(string gateway, long now)
    {
        if (_times.TryGetValue(gateway, out var time))
            return time;
        if (_times.Count >= MaxGateways)
        {
            foreach (var forgotten in _times.Where(each => each.Value.IsForgotten(now)))
                _times.TryRemove(forgotten);
            if (_times.Count >= MaxGateways)
                return new TransitTime();
        }

        return _times.GetOrAdd(gateway, static _ => new TransitTime());
    }
}
