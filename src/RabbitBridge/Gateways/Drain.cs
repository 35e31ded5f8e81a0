using RabbitBridge.Sessions;

namespace RabbitBridge.Gateways;

/// <summary>Brings what the sessions of a gateway that is stopped have in hand to its end, while nothing new comes.</summary>
internal sealed class Drain(SessionTable sessions, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Withdraws all handlers, and waits until everything in hand is answered or the time is over.</summary>
    public async Task RunAsync(TimeSpan limit)
    {
        var start = timeProvider.GetTimestamp();
        var withdrawn = Task.WhenAll(sessions.All.Select(session => session.WithdrawHandlersAsync()));
        await Task.WhenAny(withdrawn, Task.Delay(limit, timeProvider)).ConfigureAwait(false);
        while (sessions.All.Any(session => session.HasRequests) && timeProvider.GetElapsedTime(start) < limit)
            await Task.Delay(Interval, timeProvider).ConfigureAwait(false);
        if (withdrawn.IsCompleted)
            await withdrawn.ConfigureAwait(false);
    }
}
