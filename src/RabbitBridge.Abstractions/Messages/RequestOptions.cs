namespace RabbitBridge;

/// <summary>Limits of one request.</summary>
public sealed record RequestOptions
{
    /// <summary>
    /// How long the call may take in all: connecting, sending and waiting. <see langword="null"/> for the gateway's default (10 s);
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    /// <value>The default is <see langword="null"/>. At least 1 ms and at most 24 days.</value>
    public TimeSpan? Timeout { get; init; }
}
