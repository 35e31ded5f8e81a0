namespace RabbitBridge.AspNetCore.Remote;

/// <summary>
/// Finds that nothing at all comes over a connection any more. SignalR's own watch begins with a client's first ping, and so misses who never pings.
/// </summary>
/// <param name="transport">What the connection's data come through.</param>
/// <param name="limit">How long it may be silent.</param>
/// <param name="time">The time.</param>
/// <param name="silent">Called once, when it was silent for so long.</param>
internal sealed class SilenceWatch(WatchedTransport transport, TimeSpan limit, TimeProvider time, Action silent)
{
    private long _looked = time.GetTimestamp();
    private TimeSpan _silence;
    private bool _isOver;

    /// <summary>Looks whether anything has come. Called at intervals, by one thread at a time.</summary>
    public void Look()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_looked, now);
        _looked = now;
        if (transport.TakeSign())
        {
            _silence = TimeSpan.Zero;
            return;
        }

        // A gateway that did not run for a while finds all its clients silent: one late look is no proof.
        _silence += passed < limit / 2 ? passed : limit / 2;
        if (_silence < limit || _isOver)
            return;
        _isOver = true;
        silent();
    }
}
