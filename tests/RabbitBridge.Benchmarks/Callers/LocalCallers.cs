using RabbitBridge.Benchmarks.Control;
using RabbitBridge.Benchmarks.Workers;

namespace RabbitBridge.Benchmarks.Callers;

internal static class LocalCallers
{
    public static async Task<ICaller> StartAsync(CallLocally order, CancellationToken cancellationToken)
    {
        var gateway = await BenchGateway.StartAsync(order.Site, "local", cancellationToken).ConfigureAwait(false);
        try
        {
            return order.Json
                ? await new LocalCaller<Quote>(gateway, DataTypes.Json(QuoteJson.Default.Quote), Quote.OfBytes).ListenAsync(cancellationToken).ConfigureAwait(false)
                : await new LocalCaller<ReadOnlyMemory<byte>>(gateway, DataTypes.Binary, static body => body).ListenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
