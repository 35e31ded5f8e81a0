using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Responders;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Calls a bare SignalR hub.</summary>
internal sealed class HubCaller(IReadOnlyList<HubConnection> connections) : ICaller
{
    public static async Task<HubCaller> StartAsync(CallHub order, CancellationToken cancellationToken)
    {
        var connections = Enumerable.Range(0, order.Connections)
            .Select(_ => new HubConnectionBuilder().WithUrl(order.Hub).AddMessagePackProtocol().Build()).ToArray();
        await Task.WhenAll(connections.Select(connection => connection.StartAsync(cancellationToken))).ConfigureAwait(false);
        return new HubCaller(connections);
    }

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        var connection = connections[index % connections.Count];
        var argument = body.ToArray();
        while (recorder.Continues)
        {
            var response = await connection.InvokeAsync<byte[]>(nameof(EchoHub.Echo), argument).ConfigureAwait(false);
            recorder.Completed();
            Echo.Check(response, body);
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask())).ConfigureAwait(false);
}
