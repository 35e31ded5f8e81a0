using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Measuring;

/// <summary>The most memory that a worker process has had since the watch began.</summary>
internal sealed class MemoryPeak : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _end = new();
    private readonly Worker _worker;
    private readonly Task _watch;
    private long _bytes;

    public MemoryPeak(Worker worker)
    {
        _worker = worker;
        _watch = WatchAsync();
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            Interlocked.Exchange(ref _bytes, Math.Max(Bytes, _worker.ResidentBytes));
            await Task.Delay(Interval, _end.Token).ConfigureAwait(false);
        }
    }
}
