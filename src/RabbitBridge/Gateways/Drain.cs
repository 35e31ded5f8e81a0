using RabbitBridge.Sessions;

namespace RabbitBridge.Gateways;

/// <summary>Brings what sessions have in hand to its end, while nothing new comes: those of a gateway that is stopped, or one whose client has moved.</summary>
/// <param name="sessions">Gives the sessions, as often as it is asked.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="hasMore">Whether there is more in hand than what the sessions have.</param>
internal sealed class Drain(Func<IEnumerable<Session>> sessions, TimeProvider timeProvider, Func<bool>? hasMore = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Withdraws all handlers, and waits until everything in hand is answered or the time is over.</summary>
    /// <param name="limit">The time.</param>
    /// <param name="andCalls">Whether to wait for the answers to the sessions' own calls as well.</param>
    public async Task RunAsync(TimeSpan limit, bool andCalls = false)
    {
        var start = timeProvider.GetTimestamp();
        var withdrawn = Task.WhenAll(sessions().Select(session => session.WithdrawHandlersAsync()));
        await Task.WhenAny(withdrawn, Task.Delay(limit, timeProvider)).ConfigureAwait(false);
        while ((sessions().Any(session => session.Work.HasRequests || (andCalls && session.Work.HasCalls)) || hasMore?.Invoke() == true) && timeProvider.GetElapsedTime(start) < limit)
            await Task.Delay(Interval, timeProvider).ConfigureAwait(false);
        if (withdrawn.IsCompleted)
            await withdrawn.ConfigureAwait(false);
    }
}
