namespace RabbitBridge.RabbitMq.Frames;

/// <summary>
/// How much longer than usual the frames of a gateway take. The clocks of two gateways have nothing in common but their pace: what a frame
/// lies behind the quickest one of the last minutes was spent where the broker was blocked, or in a long queue.
/// </summary>
internal sealed class TransitTime
{
    /// <summary>What two such windows remember is forgotten when a third begins: a clock that has stood still with its machine, or is set right by and by, does not make frames look late for long.</summary>
    public const int WindowMilliseconds = 60_000;

    private readonly Lock _gate = new();
    private long? _former;
    private long? _least;
    private long _windowEnds;

    /// <summary>Notes the arrival of a frame.</summary>
    /// <param name="sentAt">When it was sent, by the clock of its sender.</param>
    /// <param name="now">The time, by the own clock.</param>
    /// <returns>How much longer it took, in milliseconds; 0 for the first one, with which there is nothing to compare.</returns>
    public int Excess(long sentAt, long now)
    {
        lock (_gate)
        {
            // By frames and not by the clock: those that come after a long silence are compared with those before it.
            if (now >= _windowEnds)
                (_former, _least, _windowEnds) = (_least, null, now + WindowMilliseconds);
            var offset = unchecked(now - sentAt);
            var least = Math.Min(_least ?? offset, offset);
            var usual = Math.Min(_former ?? least, least);
            _least = least;
            return (int)Math.Min(offset - usual, int.MaxValue);
        }
    }

    /// <summary>Whether nothing has come for so long that the gateway may well be gone.</summary>
    public bool IsForgotten(long now)
    {
        lock (_gate)
            return now >= _windowEnds + WindowMilliseconds;
    }
}
