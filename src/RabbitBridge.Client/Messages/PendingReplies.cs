using System.Collections.Concurrent;
using RabbitBridge.Remote;

namespace RabbitBridge.Client.Messages;

/// <summary>What waits for the gateway. The gateway ends requests whose time is over; for the case that it cannot, the client looks as well.</summary>
internal sealed class PendingReplies(ClientWork work)
{
    /// <summary>
    /// How much later than its gateway should the client ends a request. The gateway knows more, such as which sessions have not answered; but
    /// nobody waits 100 ms longer than they wanted (issue 7), whatever has become of it: the rest are two ticks of the wheel.
    /// </summary>
    private const int GraceMilliseconds = 80;

    private readonly ConcurrentDictionary<long, PendingReply> _replies = new();
    private long _lastId;

    /// <summary>When the client gives up what has so much time; 0 for never, as is 0 of time.</summary>
    public long Deadline(int milliseconds) => milliseconds == 0 ? 0 : work.Clock.DeadlineIn(milliseconds) + GraceMilliseconds;

    public long Add(PendingReply reply)
    {
        reply.Id = Interlocked.Increment(ref _lastId);
        reply.Table = this;
        _replies[reply.Id] = reply;
        if (reply.Deadline == 0)
            return reply.Id;
        work.Wheel.Add(reply, reply.Deadline);
        // It could be found, and so be ended, before it was in the wheel.
        if (!_replies.ContainsKey(reply.Id))
            work.Wheel.Remove(reply);
        return reply.Id;
    }

    public bool Remove(PendingReply reply)
    {
        if (!_replies.TryRemove(new(reply.Id, reply)))
            return false;
        work.Wheel.Remove(reply);
        return true;
    }

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
}
