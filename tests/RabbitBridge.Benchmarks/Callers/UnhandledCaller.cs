using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests to a path that nobody handles: the error is the answer that is awaited.</summary>
internal sealed class UnhandledCaller(IGateway gateway, string path) : ICaller
{
    public static async Task<UnhandledCaller> StartAsync(CallUnhandled order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false), order.Path);

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        await using var session = gateway.OpenSession();
        while (recorder.Continues)
        {
            try
            {
                await session.Messages.SendRequestAsync(path, body, DataTypes.Binary, DataTypes.Binary).ConfigureAwait(false);
            }
            catch (UnhandledMessageException)
            {
                recorder.Completed();
                continue;
            }

            throw new InvalidDataException($"Somebody answered a request to '{path}', which nobody handles.");
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
