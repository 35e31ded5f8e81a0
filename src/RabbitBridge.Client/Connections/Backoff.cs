namespace RabbitBridge.Client.Connections;

/// <summary>The pauses between rounds of attempts: they double, and are never quite the same for two clients.</summary>
internal sealed class Backoff
{
    private const int FirstMilliseconds = 100;
    private const int LongestMilliseconds = 2000;

    private int _next = FirstMilliseconds;

    public TimeSpan Next()
    {
        var pause = Random.Shared.Next(_next / 2, _next + 1);
        _next = Math.Min(_next * 2, LongestMilliseconds);
        return TimeSpan.FromMilliseconds(pause);
    }
}
