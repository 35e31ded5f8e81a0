namespace RabbitBridge;

/// <summary>The bounds of a request's time, and how it is told to others.</summary>
internal static class RequestTimeout
{
    /// <summary>What fits into a 32-bit number of milliseconds, which is how a request's time crosses the fabric.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>A timeout in milliseconds; 0 for none.</summary>
    /// <param name="timeout">The timeout.</param>
    /// <param name="what">What the error calls it.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is too short or too long.</exception>
    public static int Milliseconds(TimeSpan timeout, string what = "A request's timeout")
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return 0;
        if (timeout < TimeSpan.FromMilliseconds(1) || timeout > Longest)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, $"{what} is at least 1 ms and at most 24 days, or infinite.");
        return (int)timeout.TotalMilliseconds;
    }
}
