namespace RabbitBridge;

/// <summary>
/// Ends what has a deadline, without a timer for each: a hashed wheel of buckets, each a list that one lock guards. An entry
/// never expires early, and at most two ticks late. One timer turns the wheel, set for the next bucket that is not empty: calls
/// that are answered in time hardly ever wake it.
/// </summary>
internal sealed class TimeoutWheel : IAsyncDisposable
{
    /// <summary>How long a tick is where nobody says otherwise.</summary>
    public const int TickMilliseconds = 20;

    // Of 20 ms each: the default timeout of 10 s fits into one turn.
    private const int BucketCount = 512;

    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, BucketCount).Select(_ => new Bucket())];
    private readonly Clock _clock;
    private readonly Action<Exception> _failed;
    private readonly int _tick;
    private readonly Lock _alarm = new();
    private readonly ITimer _timer;
    private readonly List<Expiring> _due = [];
    private long _alarmTick = long.MaxValue;
    private bool _isTurning;
    private bool _isDisposed;
    private long _lastTick;

    /// <param name="clock">Tells the time.</param>
    /// <param name="failed">Takes whatever an entry throws.</param>
    /// <param name="tickMilliseconds">How long a tick is.</param>
    public TimeoutWheel(Clock clock, Action<Exception> failed, int tickMilliseconds = TickMilliseconds)
    {
        (_clock, _failed, _tick) = (clock, failed, tickMilliseconds);
        _lastTick = clock.Now / _tick;
        _timer = clock.TimeProvider.CreateTimer(
            static wheel => ((TimeoutWheel)wheel!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has an entry expire at its deadline, in milliseconds of the clock. One that is in the wheel already is moved, also if it is due.</summary>
    public void Add(Expiring entry, long deadline)
    {
        var tick = (deadline / _tick) + 1;
        Remove(entry);
        while (!TryAdd(entry, tick, out var isElsewhere))
        {
            if (isElsewhere)
                Remove(entry);
            else
                tick = Volatile.Read(ref _lastTick) + 1;
        }

        if (tick < Volatile.Read(ref _alarmTick))
            SetAlarm(tick);
    }

    /// <summary>
    /// Takes an entry out. It does not expire any more unless it has begun to: whoever has it must still be able to tell that
    /// it has ended.
    /// </summary>
    public void Remove(Expiring entry)
    {
        for (var tick = Volatile.Read(ref entry.ExpiryTick); tick != 0; tick = Volatile.Read(ref entry.ExpiryTick))
        {
            var bucket = Of(tick);
            lock (bucket.Gate)
            {
                // Elsewhere by now, if it was moved or has expired meanwhile: that bucket's lock guards it.
                if (Volatile.Read(ref entry.ExpiryTick) != tick)
                    continue;
                bucket.Unlink(entry);
                return;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_alarm)
            _isDisposed = true;
        return _timer.DisposeAsync();
    }

    private void OnTimer()
    {
        lock (_alarm)
        {
            // An alarm for what is added meanwhile must not start a second turn beside this one.
            _isTurning = true;
            Volatile.Write(ref _alarmTick, long.MaxValue);
        }

        Turn();
        var next = NextOccupied();
        lock (_alarm)
        {
            _isTurning = false;
            Volatile.Write(ref _alarmTick, Math.Min(next, _alarmTick));
            StartTimer();
        }
    }

    private void Turn()
    {
        var now = _clock.Now / _tick;
        // After a long pause one whole turn reaches every entry.
        var first = Math.Max(_lastTick + 1, now - BucketCount + 1);
        for (var tick = first; tick <= now; tick++)
        {
            Volatile.Write(ref _lastTick, tick);
            // What is due may be removed or added anew by others before its turn has come, and must not be kept by its own links.
            _buckets[tick % BucketCount].TakeDue(now, _due);
            foreach (var entry in _due)
                Expire(entry);
            _due.Clear();
        }
    }

    private void Expire(Expiring entry)
    {
        if (!TryClaim(entry))
            return;
        try
        {
            entry.OnExpired();
        }
#pragma warning disable CA1031 // A timer's callback has no caller; what it throws would end the process, and what is due after it would wait for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failed(exception);
        }
    }

    // Whether it is still due: it may have been removed, or have another deadline by now. Nobody else makes an entry due.
    private bool TryClaim(Expiring entry)
    {
        var tick = Volatile.Read(ref entry.ExpiryTick);
        if (tick >= 0)
            return false;
        lock (Of(tick).Gate)
        {
            if (Volatile.Read(ref entry.ExpiryTick) != tick)
                return false;
            Volatile.Write(ref entry.ExpiryTick, 0);
            return true;
        }
    }

    // An entry that comes into a bucket after the look at it finds the alarm unset, or set for this tick or a later one.
    private long NextOccupied()
    {
        for (var tick = _lastTick + 1; tick <= _lastTick + BucketCount; tick++)
        {
            var bucket = _buckets[tick % BucketCount];
            lock (bucket.Gate)
            {
                if (bucket.First is not null)
                    return tick;
            }
        }

        return long.MaxValue;
    }

    private void SetAlarm(long tick)
    {
        lock (_alarm)
        {
            if (tick >= _alarmTick)
                return;
            Volatile.Write(ref _alarmTick, tick);
            if (!_isTurning)
                StartTimer();
        }
    }

    private void StartTimer()
    {
        if (_alarmTick != long.MaxValue && !_isDisposed)
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, (_alarmTick * _tick) - _clock.Now)), Timeout.InfiniteTimeSpan);
    }

    private Bucket Of(long tick) => _buckets[Math.Abs(tick) % BucketCount];

    private bool TryAdd(Expiring entry, long tick, out bool isElsewhere)
    {
        isElsewhere = false;
        var bucket = Of(tick);
        lock (bucket.Gate)
        {
            // A turn raises the tick before it takes the bucket's lock: seen lower here, it has yet to visit the bucket.
            if (tick <= Volatile.Read(ref _lastTick))
                return false;
            // Two threads may add the same entry, under the locks of different buckets.
            isElsewhere = Interlocked.CompareExchange(ref entry.ExpiryTick, tick, 0) != 0;
            if (isElsewhere)
                return false;
            bucket.Link(entry);
            return true;
        }
    }

    private sealed class Bucket
    {
        public readonly Lock Gate = new();
        public Expiring? First;

        public void Link(Expiring entry)
        {
            entry.Next = First;
            if (First is not null)
                First.Previous = entry;
            First = entry;
        }

        public void Unlink(Expiring entry)
        {
            if (entry.ExpiryTick > 0)
                Detach(entry);
            // Last: from then on another bucket may link it.
            Volatile.Write(ref entry.ExpiryTick, 0);
        }

        public void TakeDue(long now, List<Expiring> due)
        {
            lock (Gate)
            {
                for (var entry = First; entry is not null;)
                {
                    var next = entry.Next;
                    if (entry.ExpiryTick <= now)
                    {
                        Detach(entry);
                        Volatile.Write(ref entry.ExpiryTick, -entry.ExpiryTick);
                        due.Add(entry);
                    }

                    entry = next;
                }
            }
        }

        private void Detach(Expiring entry)
        {
            if (entry.Previous is null)
                First = entry.Next;
            else
                entry.Previous.Next = entry.Next;
            if (entry.Next is not null)
                entry.Next.Previous = entry.Previous;
            entry.Next = entry.Previous = null;
        }
    }
}
