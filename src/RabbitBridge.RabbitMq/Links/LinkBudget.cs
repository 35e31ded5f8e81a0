using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.RabbitMq.Links;

/// <summary>A link's share of the epoch's <see cref="SendBudget"/>, which is everybody's, and is asked for more than one value at a time. Guarded by the link's lock.</summary>
internal sealed class LinkBudget(SendBudget shared)
{
    // What a busy link takes from the epoch's budget at a time.
    private const int ReserveBytes = 64 * 1024;

    private long _taken;
    private int _reserve;

    /// <returns>Whether there was room; a value larger than all that may be for one link may go alone.</returns>
    public bool TryTake(int bytes)
    {
        if (_taken > 0 && _taken + bytes > shared.LinkLimit)
            return false;
        var missing = bytes - _reserve;
        if (missing > 0)
        {
            var more = Math.Max(missing, ReserveBytes);
            if (!shared.TryTake(more) && !shared.TryTake(more = missing))
                return false;
            _reserve += more;
        }

        _reserve -= bytes;
        _taken += bytes;
        return true;
    }

    public void GiveBack(int bytes)
    {
        _taken -= bytes;
        _reserve += bytes;
        var excess = _taken == 0 ? _reserve : _reserve - ReserveBytes;
        if (excess <= 0)
            return;
        _reserve -= excess;
        shared.GiveBack(excess);
    }
}
