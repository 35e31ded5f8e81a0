using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Measuring;
using RabbitBridge.Benchmarks.Responders;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

/// <summary>Sends one request to all sessions, and the next one when all have answered.</summary>
internal sealed class FilterCaller(IGateway gateway, CallByFilter order) : ICaller
{
    private readonly SessionFilter _filter = SessionFilter.Parse($"{FilterEchoServer.Property} is 'bench'");

    public static async Task<FilterCaller> StartAsync(CallByFilter order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "caller", cancellationToken).ConfigureAwait(false), order);

    public async Task RunAsync(int index, ReadOnlyMemory<byte> body, LatencyRecorder recorder)
    {
        await using var session = gateway.OpenSession();
        while (recorder.Continues)
        {
            var answers = 0;
            await foreach (var answer in session.Messages
                .SendRequestToFilterAsync(_filter, order.Path, body, DataTypes.Binary, DataTypes.Binary).ConfigureAwait(false))
            {
                Echo.Check(answer.Response, body);
                answers++;
            }

            recorder.Completed();
            if (answers != order.Sessions)
                throw new InvalidDataException($"{answers} sessions answered, not {order.Sessions}.");
        }
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
