using RabbitBridge.Remote;

namespace RabbitBridge.AspNetCore.Remote;

/// <summary>
/// What waits for a client: bounded in bytes, by itself and beside others. A client that is full is sent no more requests and answers; it is given up only when it takes
/// nothing at all, or when what cannot be refused, such as session events, becomes too much.
/// </summary>
internal sealed class ClientQueue(RemoteLink link, ClientShare share, RemoteOptions options, int maxMessageBytes, TimeProvider timeProvider, Action giveUp)
{
    private readonly Lock _gate = new();
    private long _taken;
    private long _fullSince;
    private volatile bool _isFull;

    // A message of the largest size fits into a queue that is almost full; beyond that is only what has not asked for room.
    private long MostBytes => (2L * options.MaxQueueBytes) + maxMessageBytes;

    /// <summary>Sends what cannot be refused.</summary>
    public void Post(RemoteMessage message)
    {
        link.Post(message);
        if (link.QueuedBytes > MostBytes)
            giveUp();
    }

    /// <summary>Sends a value, of whatever size, unless the client is full, or all clients together leave too little for it.</summary>
    public bool TryPost(RemoteMessage message, out string refusal)
    {
        if (!share.Takes(message.Payload.Length, out refusal))
        {
            if (link.QueuedBytes > RemoteLink.MostUnacknowledged && IsStuck())
                giveUp();
            return false;
        }

        if (link.TryPost(message, options.MaxQueueBytes))
        {
            Restart();
            return true;
        }

        if (IsStuck())
            giveUp();
        refusal = $"{link.QueuedBytes} bytes wait already for the client to take them up, as many as may (Remote:MaxQueueBytes).";
        return false;
    }

    /// <summary>The client has room, or another connection: what it has not taken until now says nothing any more.</summary>
    public void Restart()
    {
        // Looked at first: this is called with each message.
        if (_isFull)
            _isFull = false;
    }

    // Looked at when more is to be sent: who takes nothing and is sent nothing harms nobody.
    private bool IsStuck()
    {
        lock (_gate)
        {
            // A client without a connection has the grace period.
            if (!link.IsAttached || !_isFull || link.Taken != _taken)
            {
                (_fullSince, _taken, _isFull) = (timeProvider.GetTimestamp(), link.Taken, true);
                return false;
            }

            return timeProvider.GetElapsedTime(_fullSince) >= options.StallTimeout;
        }
    }
}
