using RabbitBridge.Cli.Workers;

namespace RabbitBridge.EndToEndTests;

/// <summary>The gateway processes of a test, which end with it, whatever happens.</summary>
internal sealed class Processes(Uri broker, string prefix) : IAsyncDisposable
{
    private readonly List<WorkerProcess> _workers = [];

    public string Prefix => prefix;

    /// <summary>Starts a gateway process and opens a session in it.</summary>
    public async Task<WorkerSession> StartAsync(string name)
    {
        var worker = await WorkerProcess.StartAsync(name, broker, prefix);
        _workers.Add(worker);
        return await worker.OpenSessionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Killed: a test may have stopped a process, which then does not hear that it should end.
        foreach (var worker in _workers)
        {
            if (!worker.HasExited)
                worker.Kill();
            await worker.DisposeAsync();
        }
    }
}
