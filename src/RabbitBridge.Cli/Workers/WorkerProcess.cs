using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace RabbitBridge.Cli.Workers;

/// <summary>A gateway in a process of its own, as seen by its parent: sends commands, awaits replies, and ends or kills it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int KeptErrorLines = 20;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<WorkerReply>> _waiting = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;
    private readonly Task _readingErrors;
    private long _lastId;
    private volatile bool _ended;
    private bool _disposed;

    private WorkerProcess(Process process, string name)
    {
        _process = process;
        Name = name;
        Id = process.Id;
        _readingErrors = ReadErrorsAsync();
        _reading = ReadAsync();
    }

    /// <summary>The gateway's name.</summary>
    public string Name { get; }

    /// <summary>The number of the process.</summary>
    public int Id { get; }

    public bool HasExited => _disposed || _process.HasExited;

    /// <summary>Starts a process and its gateway.</summary>
    /// <exception cref="WorkerException">The gateway does not start; the text holds what it said.</exception>
    public static async Task<WorkerProcess> StartAsync(
        string name, Uri broker, string prefix, TimeSpan? presenceLimit = null, CancellationToken cancellationToken = default)
    {
        var process = Process.Start(OwnProgram.StartInfo(WorkerVerb.Name))
            ?? throw new WorkerException($"The process of gateway {name} could not be started.");
        var worker = new WorkerProcess(process, name);
        try
        {
            var limit = presenceLimit is { } time ? (int?)time.TotalMilliseconds : null;
            await worker.AskAsync(new WorkerCommand.StartGateway(name, broker, prefix, limit), cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<WorkerSession> OpenSessionAsync(string? project = null, IReadOnlyList<string>? roles = null, CancellationToken cancellationToken = default)
    {
        var reply = await AskAsync(new WorkerCommand.OpenSession(project, roles), cancellationToken).ConfigureAwait(false);
        return new WorkerSession(this, reply.Session!);
    }

    public async Task<WorkerReport> ReportAsync(CancellationToken cancellationToken = default) =>
        (await AskAsync(new WorkerCommand.Report(), cancellationToken).ConfigureAwait(false)).Report!;

    /// <summary>Sends a command and waits for its reply, however long that takes.</summary>
    /// <exception cref="WorkerException">The command failed, or the worker has ended.</exception>
    public async Task<WorkerReply> AskAsync(WorkerCommand command, CancellationToken cancellationToken = default)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<WorkerReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            // After the registration: else the end could come between the two, and nobody would be told.
            if (_ended)
                throw Ended();
            await WriteAsync(JsonSerializer.Serialize(command with { Id = id }, WorkerJson.Default.WorkerCommand), cancellationToken).ConfigureAwait(false);
            var reply = await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return reply.Failure is { } failure ? throw new WorkerException($"Gateway {Name}: {failure}") : reply;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Kills the process with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public Task WaitForExitAsync(CancellationToken cancellationToken = default) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Ends the process in good order, or kills it if it does not obey. A second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await Task.WhenAll(_reading, _readingErrors).ConfigureAwait(false);
        _disposed = true;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task WriteAsync(string line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw Ended();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                var reply = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerReply);
                if (reply is not null && _waiting.TryGetValue(reply.Id, out var answer))
                    answer.TrySetResult(reply);
            }
        }
        finally
        {
            // The last words first: they tell why it has ended.
            await _readingErrors.ConfigureAwait(false);
            _ended = true;
            foreach (var answer in _waiting.Values)
                answer.TrySetException(Ended());
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _errors.Enqueue(line);
            if (_errors.Count > KeptErrorLines)
                _errors.TryDequeue(out _);
        }
    }

    private WorkerException Ended()
    {
        var text = new StringBuilder($"The process of gateway {Name} has ended.");
        foreach (var line in _errors)
            text.Append('\n').Append(line);
        return new WorkerException(text.ToString());
    }
}
