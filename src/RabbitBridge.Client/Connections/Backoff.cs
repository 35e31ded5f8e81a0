namespace RabbitBridge.Client.Connections;

/// <summary>
/// The pauses between attempts: they double, and are never quite the same for two clients. A connection that does not last counts as an attempt.
/// </summary>
internal sealed class Backoff
{
    // What lasts so long was a connection.
    private const int LastingMilliseconds = 5000;

    private const int FirstMilliseconds = 100;
    private const int LongestMilliseconds = 2000;

    private int _next = FirstMilliseconds;
    private long _connectedAt = long.MinValue / 2;

    /// <summary>Whether the last connection has lasted: then the next one is tried without a pause.</summary>
    public bool HasLasted
    {
        get
        {
            var lasted = Environment.TickCount64 - _connectedAt >= LastingMilliseconds;
            if (lasted)
                _next = FirstMilliseconds;
            return lasted;
        }
    }

    public void Connected() => _connectedAt = Environment.TickCount64;

    public TimeSpan Next()
    {
        var pause = Random.Shared.Next(_next / 2, _next + 1);
        _next = Math.Min(_next * 2, LongestMilliseconds);
        return TimeSpan.FromMilliseconds(pause);
    }
}
