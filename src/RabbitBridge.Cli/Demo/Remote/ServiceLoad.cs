using System.Collections.Concurrent;
using System.Diagnostics;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>Callers who ask a service all the time, before, while and after its gateway dies.</summary>
internal sealed class ServiceLoad : IAsyncDisposable
{
    /// <summary>How many there are, each with one request after the other.</summary>
    public const int Callers = 8;

    private const int WarmRequests = 200;
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly RequestOptions Options = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly IRemoteSession _caller;
    private readonly string _service;
    private readonly string _from;
    private readonly string _to;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource[] _back = [.. Enumerable.Range(0, Callers).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    private readonly long[] _backAt = new long[Callers];
    private readonly Task _calling;
    private int _before;
    private bool _disposed;

    private ServiceLoad(IRemoteSession caller, string service, string from, string to)
    {
        (_caller, _service, _from, _to) = (caller, service, from, to);
        _calling = Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));
    }

    /// <summary>Lets callers ask <c>demo/SERVICE</c>, and waits until they are at it.</summary>
    /// <param name="caller">The session of all callers.</param>
    /// <param name="service">The session that serves.</param>
    /// <param name="from">The gateway at which it is now.</param>
    /// <param name="to">The gateway at which it is to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoFailedException">They get no answers.</exception>
    public static async Task<ServiceLoad> StartAsync(IRemoteSession caller, string service, string from, string to, CancellationToken cancellationToken)
    {
        var load = new ServiceLoad(caller, service, from, to);
        try
        {
            await load._warm.Task.WaitAsync(WaitLimit, cancellationToken).ConfigureAwait(false);
            return load;
        }
        catch (Exception exception)
        {
            await load.DisposeAsync().ConfigureAwait(false);
            if (exception is TimeoutException)
                throw new DemoFailedException($"In {WaitLimit.TotalSeconds} s only {load._before} requests to {service} were answered from {from}; errors: {load.Told()}.");
            throw;
        }
    }

    /// <summary>Waits until every caller has got an answer from the other gateway, and stops the callers.</summary>
    /// <param name="kill">When the gateway was killed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoFailedException">The service does not come back.</exception>
    public async Task<DemoFailover> EndAsync(long kill, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_back.Select(each => each.Task)).WaitAsync(WaitLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new DemoFailedException(
                $"{WaitLimit.TotalSeconds} s after the kill, {_back.Count(each => !each.Task.IsCompleted)} of {Callers} callers have no answer of {_service} from {_to}; errors: {Told()}.");
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }

        var times = _backAt.Select(time => Stopwatch.GetElapsedTime(kill, time).TotalMilliseconds).ToArray();
        return new DemoFailover(_service, _from, _to, Callers, times.Min(), times.Max(), new SortedDictionary<string, int>(_errors));
    }

    /// <summary>Stops the callers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _calling.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task CallAsync(int number)
    {
        var (before, after) = ($"{_service}, {_from}", $"{_service}, {_to}");
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var answer = await _caller.Messages.SendRequestAsync<string, string>($"demo/{_service}", "?", Options, _stopping.Token).ConfigureAwait(false);
                if (answer == before && Interlocked.Increment(ref _before) == WarmRequests)
                    _warm.TrySetResult();
                if (answer == after && !_back[number].Task.IsCompleted)
                {
                    _backAt[number] = Stopwatch.GetTimestamp();
                    _back[number].TrySetResult();
                }
            }
            catch (MessagingException exception)
            {
                _errors.AddOrUpdate(ErrorNames.Of(exception.Reason), 1, static (_, count) => count + 1);
                if (!await WaitAsync().ConfigureAwait(false))
                    return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Who gets an error at once asks again a little later, as a caller would.
    private async Task<bool> WaitAsync()
    {
        await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_stopping.IsCancellationRequested;
    }

    private string Told() => _errors.IsEmpty ? "none" : string.Join(", ", _errors.Select(each => $"{each.Value} {each.Key}"));
}
