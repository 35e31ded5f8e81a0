using System.Collections.Concurrent;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>What waits for the gateway. The gateway ends requests whose time is over; for the case that it cannot, the client looks as well.</summary>
internal sealed class PendingReplies : IDisposable
{
    /// <summary>How much later than the gateway the client ends a request.</summary>
    public const int GraceMilliseconds = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<long, PendingReply> _replies = new();
    private readonly Timer _timer;
    private long _lastId;
    private int _isTicking;

    public PendingReplies() => _timer = new Timer(static state => ((PendingReplies)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public long Add(PendingReply reply)
    {
        reply.Id = Interlocked.Increment(ref _lastId);
        _replies[reply.Id] = reply;
        if (Interlocked.Exchange(ref _isTicking, 1) == 0)
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        return reply.Id;
    }

    public bool Remove(PendingReply reply) => _replies.TryRemove(new(reply.Id, reply));

    public void Take(RemoteMessage message)
    {
        if (_replies.TryGetValue(message.Id, out var reply) && reply.Take(message))
            Remove(reply);
    }

    public void FailAll(ErrorReason reason, string message)
    {
        foreach (var (_, reply) in _replies)
        {
            if (Remove(reply))
                reply.Fail(MessagingException.For(reason, message));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        Volatile.Write(ref _isTicking, 0);
        var now = Environment.TickCount64;
        foreach (var (_, reply) in _replies)
        {
            if (reply.Deadline != 0 && now > reply.Deadline && Remove(reply))
                reply.Fail(new RequestTimeOutException("No response arrived within the request's time."));
        }

        if (!_replies.IsEmpty && Interlocked.Exchange(ref _isTicking, 1) == 0)
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }
}
