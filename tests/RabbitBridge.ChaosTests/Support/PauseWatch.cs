using System.Diagnostics;

namespace RabbitBridge.ChaosTests.Support;

/// <summary>How long this process stood still, at most: on a machine with two cores and a broker that starts, that is not the bridge's fault.</summary>
internal sealed class PauseWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private long _longest;

    public PauseWatch() => _watching = WatchAsync();

    public TimeSpan Longest => TimeSpan.FromTicks(Volatile.Read(ref _longest));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.Delay(Interval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var over = Stopwatch.GetElapsedTime(start) - Interval;
            if (over.Ticks > _longest)
                Volatile.Write(ref _longest, over.Ticks);
        }
    }
}
