using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Feats;

/// <summary>A worker process that is a gateway, and whose memory is watched. The process itself is the stage's.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const double Mebibyte = 1024 * 1024;
    private readonly string _name;
    private MemoryTold? _before;
    private MemoryPeak? _peak;

    private GatewayProcess(string name, Worker worker) => (_name, Worker) = (name, worker);

    public Worker Worker { get; }

    public static async Task<GatewayProcess> StartAsync(Stage stage, string name, WorkerCommand role, CancellationToken cancellationToken) =>
        new(name, await stage.StartAsync(role, cancellationToken).ConfigureAwait(false));

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _before = await Worker.AskAsync<MemoryTold>(new TellMemory(), cancellationToken).ConfigureAwait(false);
        _peak = new MemoryPeak(Worker);
    }

    public async Task<MemoryGrowth> EndAsync(CancellationToken cancellationToken)
    {
        if (_before is not { } before || _peak is not { } peak)
            throw new InvalidOperationException("Nobody has looked before.");
        var mostBytes = peak.Bytes;
        var after = await Worker.AskAsync<MemoryTold>(new TellMemory(), cancellationToken).ConfigureAwait(false);
        return new MemoryGrowth(
            _name,
            (after.HeapBytes - before.HeapBytes) / Mebibyte,
            (after.ResidentBytes - before.ResidentBytes) / Mebibyte,
            (mostBytes - before.ResidentBytes) / Mebibyte);
    }

    public ValueTask DisposeAsync() => _peak?.DisposeAsync() ?? ValueTask.CompletedTask;
}
