using System.Net.Sockets;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>Knocks at a port until it accepts a connection: the first moment at which a gateway could have one.</summary>
internal sealed class PortWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _end = new();
    private readonly Task<DateTimeOffset> _opening;

    public PortWatch(Uri address) => _opening = WatchAsync(address);

    /// <summary>When it was; <see langword="null"/> if it was not yet.</summary>
    public DateTimeOffset? OpenedAt => _opening.IsCompletedSuccessfully ? _opening.Result : null;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await ((Task)_opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task<DateTimeOffset> WatchAsync(Uri address)
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address.Host, address.Port, _end.Token).ConfigureAwait(false);
                return TimeProvider.System.GetUtcNow();
            }
            catch (SocketException)
            {
                await Task.Delay(Interval, _end.Token).ConfigureAwait(false);
            }
        }
    }
}
