using System.Collections.Concurrent;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>What waits for the gateway. The gateway ends requests whose time is over; for the case that it cannot, the client looks as well.</summary>
internal sealed class PendingReplies : IDisposable
{
    /// <summary>
    /// How much later than its gateway should the client ends a request. The gateway knows more, such as which sessions have not answered; but
    /// nobody waits 100 ms longer than they wanted (issue 7), whatever has become of it.
    /// </summary>
    private const int GraceMilliseconds = 80;

    // Where many requests end one after the other, all are looked at so often.
    private const int TickMilliseconds = 10;

    private readonly ConcurrentDictionary<long, PendingReply> _replies = new();
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private long _lastId;
    private long _nextTick = long.MaxValue;

    public PendingReplies() => _timer = new Timer(static state => ((PendingReplies)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>When the client gives up what has so much time; 0 for never, as is 0 of time.</summary>
    public static long Deadline(int milliseconds) => milliseconds == 0 ? 0 : Environment.TickCount64 + milliseconds + GraceMilliseconds;

    public long Add(PendingReply reply)
    {
        reply.Id = Interlocked.Increment(ref _lastId);
        _replies[reply.Id] = reply;
        if (reply.Deadline != 0)
            TickAt(reply.Deadline);
        return reply.Id;
    }

    public bool Remove(PendingReply reply) => _replies.TryRemove(new(reply.Id, reply));

    public void Take(RemoteMessage message)
    {
        if (_replies.TryGetValue(message.Id, out var reply) && reply.Take(message))
            Remove(reply);
    }

    /// <summary>Ends what was asked at a gateway, or everything.</summary>
    public void FailAll(ErrorReason reason, string message, RemoteLink? link = null)
    {
        foreach (var (_, reply) in _replies)
        {
            if ((link is null || reply.Link == link) && Remove(reply))
                reply.Fail(MessagingException.For(reason, message));
        }
    }

    public void Dispose() => _timer.Dispose();

    private static void GiveUp(PendingReply reply)
    {
        // Before anybody hears of it: who does may rely on it that the request is not executed any more (D30).
        reply.Withdraw();
        reply.Fail(new RequestTimeOutException("No response arrived within the request's time."));
    }

    private void TickAt(long time)
    {
        lock (_gate)
        {
            if (time >= _nextTick)
                return;
            _nextTick = time;
            _timer.Change(Math.Max(0, time - Environment.TickCount64), Timeout.Infinite);
        }
    }

    private void Tick()
    {
        lock (_gate)
            _nextTick = long.MaxValue;
        var now = Environment.TickCount64;
        var next = long.MaxValue;
        foreach (var (_, reply) in _replies)
        {
            if (reply.Deadline == 0)
                continue;
            if (reply.Deadline > now)
                next = Math.Min(next, reply.Deadline);
            else if (Remove(reply))
                GiveUp(reply);
        }

        if (next != long.MaxValue)
            TickAt(Math.Max(next, now + TickMilliseconds));
    }
}
