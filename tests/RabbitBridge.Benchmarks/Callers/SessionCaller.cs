using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends requests to one session of the other gateway.</summary>
internal sealed class SessionCaller(IGateway gateway, SessionId target, string path) : ICaller
{
    public static async Task<SessionCaller> StartAsync(CallBySession order, CancellationToken cancellationToken) => new(
        await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false),
        SessionId.Parse(order.Session),
        order.Path);

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        await using var session = gateway.OpenSession();
        var messages = session.Messages;
        while (recorder.Continues)
        {
            var response = await messages.SendRequestAsync(target, path, body, DataTypes.Binary, DataTypes.Binary).ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(response, body);
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
