using Microsoft.Extensions.Logging;
using RabbitBridge.Diagnostics;

namespace RabbitBridge.Messages;

/// <summary>
/// Ends what has a deadline, without a timer for each: a hashed wheel of buckets, each a list that one lock guards. An entry
/// never expires early, and at most two ticks late. One timer turns the wheel, set for the next bucket that is not empty: calls
/// that are answered in time hardly ever wake it.
/// </summary>
internal sealed class TimeoutWheel : IAsyncDisposable
{
    public const int TickMilliseconds = 20;

    // 512 ticks of 20 ms: the default timeout of 10 s fits into one turn.
    private const int BucketCount = 512;

    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, BucketCount).Select(_ => new Bucket())];
    private readonly Clock _clock;
    private readonly ILogger _logger;
    private readonly Lock _alarm = new();
    private readonly ITimer _timer;
    private readonly List<Expiring> _due = [];
    private long _alarmTick = long.MaxValue;
    private bool _isTurning;
    private bool _isDisposed;
    private long _lastTick;

    public TimeoutWheel(Clock clock, ILogger logger)
    {
        (_clock, _logger) = (clock, logger);
        _lastTick = clock.Now / TickMilliseconds;
        _timer = clock.TimeProvider.CreateTimer(
            static wheel => ((TimeoutWheel)wheel!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(Expiring entry, long deadline)
    {
        var tick = (deadline / TickMilliseconds) + 1;
        while (!TryAdd(entry, tick))
            tick = Volatile.Read(ref _lastTick) + 1;
        if (tick < Volatile.Read(ref _alarmTick))
            SetAlarm(tick);
    }

    public void Remove(Expiring entry)
    {
        if (entry.ExpiryTick == 0)
            return;
        var bucket = _buckets[entry.ExpiryTick % BucketCount];
        lock (bucket.Gate)
            bucket.Unlink(entry);
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
        var now = _clock.Now / TickMilliseconds;
        // After a long pause one whole turn reaches every entry.
        var first = Math.Max(_lastTick + 1, now - BucketCount + 1);
        for (var tick = first; tick <= now; tick++)
        {
            Volatile.Write(ref _lastTick, tick);
            // What is due may be added anew by others meanwhile, and must not be kept by its own links.
            _buckets[tick % BucketCount].TakeDue(now, _due);
            foreach (var entry in _due)
                Expire(entry);
            _due.Clear();
        }
    }

    private void Expire(Expiring entry)
    {
        try
        {
            entry.OnExpired();
        }
#pragma warning disable CA1031 // A timer's callback has no caller; what it throws would end the process, and what is due after it would wait for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.TickFailed(_logger, exception);
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
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, (_alarmTick * TickMilliseconds) - _clock.Now)), Timeout.InfiniteTimeSpan);
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

        public void TakeDue(long now, List<Expiring> due)
        {
            lock (Gate)
            {
                for (var entry = First; entry is not null;)
                {
                    var next = entry.Next;
                    if (entry.ExpiryTick <= now)
                    {
                        Unlink(entry);
                        due.Add(entry);
                    }

                    entry = next;
                }
            }
        }
    }
}
