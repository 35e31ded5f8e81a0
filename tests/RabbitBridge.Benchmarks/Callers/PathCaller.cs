using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests by path, each caller through a session of its own.</summary>
internal sealed class PathCaller(IGateway gateway, IReadOnlyList<string> paths) : ICaller
{
    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        await using var session = gateway.OpenSession();
        var messages = session.Messages;
        // The same numbers in every run; a stride through the paths would meet the same caller at the same path each time.
        var random = new Random(index);
        while (recorder.Continues)
        {
            var path = paths.Count == 1 ? paths[0] : paths[random.Next(paths.Count)];
            var response = await messages.SendRequestAsync(path, body, DataTypes.Binary, DataTypes.Binary).ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(response, body);
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    public static async Task<PathCaller> StartAsync(Control.CallByPath order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false), BenchPaths.Of(order.Path, order.Paths));
}
