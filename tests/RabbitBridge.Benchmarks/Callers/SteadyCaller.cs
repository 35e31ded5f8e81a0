using System.Diagnostics;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>
/// Sends requests by the clock. A closed loop would send less the worse it goes, and would not show what gathers in a gateway that cannot
/// get rid of anything.
/// </summary>
internal sealed class SteadyCaller(IGateway gateway, CallSteadily role) : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    // A request without an end is found out only by waiting longer than any may take.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly RequestLog _log = new(role.Capacity);
    private readonly ISession _session = gateway.OpenSession();
    private CancellationTokenSource? _end;
    private Task _pacing = Task.CompletedTask;
    private RequestOptions _options = new();

    public static async Task<SteadyCaller> StartAsync(CallSteadily order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false), order);

    public Ready Begin(BeginLoad order)
    {
        var body = new byte[order.PayloadBytes];
        Random.Shared.NextBytes(body);
        _options = new RequestOptions { Timeout = order.Timeout };
        _end = new CancellationTokenSource();
        _log.Clear();
        _pacing = PaceAsync(order.PerSecond, body, _end.Token);
        return new Ready(string.Empty);
    }

    public async Task<LoadEnded> EndAsync(EndLoad order, CancellationToken cancellationToken)
    {
        var timeout = _options.Timeout ?? throw new InvalidOperationException("No load has begun.");
        await StopAsync().ConfigureAwait(false);
        var began = Stopwatch.GetTimestamp();
        while (_log.Pending > 0 && Stopwatch.GetElapsedTime(began) < timeout + Grace)
            await Task.Delay(Step, cancellationToken).ConfigureAwait(false);
        return _log.Sum(order, timeout);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await gateway.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StopAsync()
    {
        if (_end is not { } end)
            return;
        _end = null;
        await end.CancelAsync().ConfigureAwait(false);
        await _pacing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
        if (_pacing.IsFaulted)
            await _pacing.ConfigureAwait(false);
    }

    private async Task PaceAsync(int perSecond, ReadOnlyMemory<byte> body, CancellationToken end)
    {
        using var timer = new PeriodicTimer(Step);
        var began = Stopwatch.GetTimestamp();
        var sent = 0;
        while (await timer.WaitForNextTickAsync(end).ConfigureAwait(false))
        {
            // By the time that has passed and not by ticks, of which some are left out on a busy machine.
            for (var due = (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond); sent < due; sent++)
            {
                if (_log.IsFull)
                    return;
                _ = SendAsync(_log.Begin(), body);
            }
        }
    }

    private async Task SendAsync(int request, ReadOnlyMemory<byte> body)
    {
        try
        {
            var response = await _session.Messages.SendRequestAsync(role.Path, body, DataTypes.Binary, DataTypes.Binary, _options).ConfigureAwait(false);
            Echo.Check(response, body);
            _log.Answered(request);
        }
        catch (MessagingException exception)
        {
            _log.Failed(request, exception.Reason);
        }
#pragma warning disable CA1031 // Whatever it is, it is counted as what no request may end with.
        catch (Exception)
#pragma warning restore CA1031
        {
            _log.Broke(request);
        }
    }
}
