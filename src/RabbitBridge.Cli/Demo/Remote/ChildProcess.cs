using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace RabbitBridge.Cli.Demo.Remote;

/// <summary>A process of the demo: its output is read, and it is ended by its id, with what it has started.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int Kept = 200;
    private const int Shown = 20;

    // Ends the command when its own standard input ends, which it does when the demo is gone, however that came. Ctrl-C, which
    // reaches every process at the terminal, is the demo's business.
    private const string Guard = """
        trap '' INT
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3; kill -KILL "$child"; } >/dev/null 2>&1 &
        exec 3<&- </dev/null
        wait "$child"
        code=$?
        kill -KILL "$!"
        exit "$code"
        """;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly Process _process;
    private readonly Queue<string> _last = new();
    private readonly Channel<string> _lines =
        Channel.CreateBounded<string>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Task _reading;
    private bool _disposed;

    private ChildProcess(string name, Process process)
    {
        (_name, _process) = (name, process);
        _reading = ReadAsync();
    }

    /// <summary>The number of the process; of one that is guarded, that of its guard.</summary>
    public int Id => _process.Id;

    /// <summary>Completes when it has ended and all its output is read.</summary>
    public Task Ended => _reading;

    /// <summary>Starts a process that ends by itself when its standard input does.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="info">What to start; pipes are added.</param>
    public static ChildProcess Start(string name, ProcessStartInfo info)
    {
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        info.StandardInputEncoding = info.StandardOutputEncoding = info.StandardErrorEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        // A killed process could not remove the runtime's diagnostic socket from the temporary folder.
        info.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        return new ChildProcess(name, Process.Start(info) ?? throw new DemoFailedException($"{name} could not be started."));
    }

    /// <summary>Starts a process that takes no notice of its standard input, and ends it should the demo be gone.</summary>
    /// <inheritdoc cref="Start"/>
    public static ChildProcess StartGuarded(string name, ProcessStartInfo info)
    {
        string[] command = ["-c", Guard, "guard", info.FileName, .. info.ArgumentList];
        info.FileName = "/bin/sh";
        info.ArgumentList.Clear();
        foreach (var argument in command)
            info.ArgumentList.Add(argument);
        return Start(name, info);
    }

    /// <exception cref="DemoFailedException">It has ended.</exception>
    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw Failure("has ended");
        }
    }

    /// <summary>The next line of its standard output.</summary>
    /// <exception cref="DemoFailedException">It has ended.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lines.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw Failure("has ended");
        }
    }

    /// <summary>Waits for its end by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>With its last words.</summary>
    public DemoFailedException Failure(string text)
    {
        lock (_last)
            return new DemoFailedException($"{_name} {text}.{string.Concat(_last.TakeLast(Shown).Select(line => $"\n{line}"))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            if (!_process.HasExited)
                Kill();
            // The pipes end with the last process that has them.
            await WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw Failure($"was killed and has not ended in {EndLimit.TotalSeconds} s");
        }
        finally
        {
            _process.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await Task.WhenAll(ReadAsync(_process.StandardOutput, _lines.Writer), ReadAsync(_process.StandardError, lines: null)).ConfigureAwait(false);
        }
        finally
        {
            _lines.Writer.Complete();
        }
    }

    private async Task ReadAsync(StreamReader reader, ChannelWriter<string>? lines)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_last)
            {
                _last.Enqueue(line);
                if (_last.Count > Kept)
                    _last.Dequeue();
            }

            // The oldest line makes room.
            lines?.TryWrite(line);
        }
    }
}
