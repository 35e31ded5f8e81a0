namespace RabbitBridge.Messages;

/// <summary>
/// Ends what has a deadline, without a timer for each: a hashed wheel of buckets, each a list that one lock guards. An entry
/// never expires early, and at most two ticks late.
/// </summary>
internal sealed class TimeoutWheel
{
    public const int TickMilliseconds = 20;

    // 512 ticks of 20 ms: the default timeout of 10 s fits into one turn.
    private const int BucketCount = 512;

    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, BucketCount).Select(_ => new Bucket())];
    private readonly Clock _clock;
    private long _lastTick;

    public TimeoutWheel(Clock clock)
    {
        _clock = clock;
        _lastTick = clock.Now / TickMilliseconds;
    }

    public void Add(Expiring entry, long deadline)
    {
        var tick = (deadline / TickMilliseconds) + 1;
        while (!TryAdd(entry, tick))
            tick = Volatile.Read(ref _lastTick) + 1;
    }

    public void Remove(Expiring entry)
    {
        if (entry.ExpiryTick == 0)
            return;
        var bucket = _buckets[entry.ExpiryTick % BucketCount];
        lock (bucket.Gate)
            bucket.Unlink(entry);
    }

    /// <summary>Expires what is due. Called by one thread at a time.</summary>
    public void Advance()
    {
        var now = _clock.Now / TickMilliseconds;
        // After a long pause of the process one whole turn reaches every entry.
        var first = Math.Max(_lastTick + 1, now - BucketCount + 1);
        for (var tick = first; tick <= now; tick++)
        {
            Volatile.Write(ref _lastTick, tick);
            for (var due = _buckets[tick % BucketCount].TakeDue(now); due is not null;)
            {
                var next = due.Next;
                due.Next = null;
                due.OnExpired();
                due = next;
            }
        }
    }

    private bool TryAdd(Expiring entry, long tick)
    {
        var bucket = _buckets[tick % BucketCount];
        lock (bucket.Gate)
        {
            // Advance raises the tick before it takes the bucket's lock: seen lower here, it has yet to visit the bucket.
            if (tick <= Volatile.Read(ref _lastTick))
                return false;
            bucket.Link(entry, tick);
            return true;
        }
    }

    private sealed class Bucket
    {
        public readonly Lock Gate = new();
        public Expiring? First;

        public void Link(Expiring entry, long tick)
        {
            entry.ExpiryTick = tick;
            entry.Next = First;
            if (First is not null)
                First.Previous = entry;
            First = entry;
        }

        public void Unlink(Expiring entry)
        {
            if (entry.ExpiryTick == 0)
                return;
            entry.ExpiryTick = 0;
            if (entry.Previous is null)
                First = entry.Next;
            else
                entry.Previous.Next = entry.Next;
            if (entry.Next is not null)
                entry.Next.Previous = entry.Previous;
            entry.Next = entry.Previous = null;
        }

        public Expiring? TakeDue(long now)
        {
            Expiring? due = null;
            lock (Gate)
            {
                for (var entry = First; entry is not null;)
                {
                    var next = entry.Next;
                    if (entry.ExpiryTick <= now)
                    {
                        Unlink(entry);
                        entry.Next = due;
                        due = entry;
                    }

                    entry = next;
                }
            }

            return due;
        }
    }
}
