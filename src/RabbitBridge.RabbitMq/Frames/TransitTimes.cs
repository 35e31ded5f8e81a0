using System.Collections.Concurrent;

namespace RabbitBridge.RabbitMq.Frames;

/// <summary>
/// The transit times of all inboxes from which something has come. They outlast links, and this gateway's own epochs: what the broker holds back comes when the link to the
/// sender's former inbox is dropped already, or is delivered again to this gateway's next consumer, and would look young if there were nothing to compare it with. By inbox and
/// not by process: a clock that has stood still with its machine begins anew with the connection that was lost by that.
/// </summary>
internal sealed class TransitTimes
{
    // Beyond any honest roster: someone makes up reply addresses.
    private const int MaxInboxes = 10_000;

    private readonly ConcurrentDictionary<string, TransitTime> _times = new(StringComparer.Ordinal);

    /// <summary>That of an inbox.</summary>
    /// <param name="inbox">Its name.</param>
    /// <param name="now">The time, by the own clock.</param>
    public TransitTime Of(string inbox, long now)
    {
        if (_times.TryGetValue(inbox, out var time))
            return time;
        if (_times.Count >= MaxInboxes)
        {
            foreach (var forgotten in _times.Where(each => each.Value.IsForgotten(now)))
                _times.TryRemove(forgotten);
            if (_times.Count >= MaxInboxes)
                return new TransitTime();
        }

        return _times.GetOrAdd(inbox, static _ => new TransitTime());
    }
}
