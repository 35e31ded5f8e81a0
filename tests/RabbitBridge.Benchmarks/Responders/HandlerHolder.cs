using System.Diagnostics;
using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Responders;

/// <summary>A gateway with a session that is given thousands of handlers.</summary>
internal sealed class HandlerHolder(IGateway gateway) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private readonly ISession _session = gateway.OpenSession();

    public static async Task<HandlerHolder> StartAsync(HoldHandlers order, CancellationToken cancellationToken) =>
        new(await BenchGateway.StartAsync(order.Site, "holder", cancellationToken).ConfigureAwait(false));

    public async Task<Registered> RegisterAsync(RegisterHandlers order, CancellationToken cancellationToken)
    {
        var handler = new EchoHandler<ReadOnlyMemory<byte>>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = order.AtOnce, CancellationToken = cancellationToken };
        var (began, timestamp) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        await Parallel.ForEachAsync(
            BenchPaths.Of(order.Path, order.Count),
            limits,
            async (path, cancelled) => await _session.Messages.AddRequestHandlerAsync(
                path, handler, DataTypes.Binary, DataTypes.Binary, cancellationToken: cancelled).ConfigureAwait(false)).ConfigureAwait(false);
        return new Registered(began, Stopwatch.GetElapsedTime(timestamp));
    }

    public async Task<Returned> AwaitReturnAsync(CancellationToken cancellationToken)
    {
        while (gateway.IsConnected)
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        while (!gateway.IsConnected)
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        return new Returned(TimeProvider.System.GetUtcNow());
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
