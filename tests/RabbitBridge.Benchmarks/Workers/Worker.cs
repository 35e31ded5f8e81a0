using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Workers;

/// <summary>A worker process, seen from the bench.</summary>
internal sealed class Worker : IAsyncDisposable
{
    /// <summary>The hidden verb of this program.</summary>
    public const string Verb = "worker";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);
    // Thousands of connections have their signs of life even so.
    private const double IdleShare = 0.2;
    private readonly Process _process;
    private string _role = "begin";

    private Worker(Process process) => _process = process;

    /// <summary>The processor time that the process has used until now.</summary>
    /// <exception cref="WorkerException">The process has ended.</exception>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? throw Ended() : _process.TotalProcessorTime;
        }
    }

    /// <summary>The memory that the process has now.</summary>
    /// <exception cref="WorkerException">The process has ended.</exception>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? throw Ended() : _process.WorkingSet64;
        }
    }

    /// <summary>The memory that the process has, once it has nothing to do any more and has taken up no more for a moment.</summary>
    public async Task<long> IdleWorkingSetAsync(CancellationToken cancellationToken)
    {
        var (time, bytes) = (ProcessorTime, _process.WorkingSet64);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < IdleLimit)
        {
            await Task.Delay(IdleInterval, cancellationToken).ConfigureAwait(false);
            var (nextTime, nextBytes) = (ProcessorTime, _process.WorkingSet64);
            var isIdle = nextTime - time < IdleInterval * IdleShare && nextBytes <= bytes * 1.01;
            (time, bytes) = (nextTime, nextBytes);
            if (isIdle)
                break;
        }

        return bytes;
    }

    /// <param name="isServer">Whether it collects garbage as web servers do.</param>
    public static Worker Start(bool isServer)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The program's own file is not known.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(Worker).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.Environment["DOTNET_gcServer"] = isServer ? "1" : "0";
        return new Worker(Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start."));
    }

    /// <summary>Gives the process its role.</summary>
    /// <returns>Where its partner finds it.</returns>
    public async Task<string> BecomeAsync(WorkerCommand role, CancellationToken cancellationToken)
    {
        _role = role.GetType().Name;
        await SendAsync(role, cancellationToken).ConfigureAwait(false);
        return await NextAsync(cancellationToken).ConfigureAwait(false) is Ready ready
            ? ready.Address
            : throw new WorkerException("The worker did not get ready.");
    }

    /// <summary>Has the process measure.</summary>
    public Task<Measured> MeasureAsync(Measure order, CancellationToken cancellationToken) => AskAsync<Measured>(order, cancellationToken);

    /// <summary>Has the process do something in its role. One thing at a time.</summary>
    public async Task<T> AskAsync<T>(WorkerCommand order, CancellationToken cancellationToken)
        where T : WorkerEvent
    {
        await SendAsync(order, cancellationToken).ConfigureAwait(false);
        var told = await NextAsync(cancellationToken).ConfigureAwait(false);
        return told as T ?? throw new WorkerException($"The worker that was to {order.GetType().Name} answered with '{told.GetType().Name}'.");
    }

    /// <summary>Ends the process: by the end of its input, and if that does not help by its id.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using (var limit = new CancellationTokenSource(Grace))
        {
            try
            {
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private async Task SendAsync(WorkerCommand command, CancellationToken cancellationToken) =>
        await _process.StandardInput.WriteLineAsync(
            JsonSerializer.Serialize(command, ControlJson.Default.WorkerCommand).AsMemory(), cancellationToken).ConfigureAwait(false);

    private async Task<WorkerEvent> NextAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line is null)
        {
            await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            throw Ended();
        }

        return JsonSerializer.Deserialize(line, ControlJson.Default.WorkerEvent) switch
        {
            Failed failed => throw new WorkerException($"The worker that was to {_role} could not: {failed.Problem}"),
            { } other => other,
            null => throw new WorkerException("The worker answered with nothing."),
        };
    }

    private WorkerException Ended() =>
        new($"The worker process that was to {_role} ended in the middle of its work, with exit code {_process.ExitCode}.");
}
