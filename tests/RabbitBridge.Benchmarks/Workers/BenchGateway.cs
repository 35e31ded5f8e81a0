using RabbitBridge.Benchmarks.Control;

namespace RabbitBridge.Benchmarks.Workers;

internal static class BenchGateway
{
    /// <summary>Starts a gateway with the default settings.</summary>
    public static async Task<IGateway> StartAsync(Site site, string name, CancellationToken cancellationToken)
    {
        var gateway = RabbitMqGateway.Create(
            new GatewayOptions { Name = name },
            new RabbitMqOptions { Uri = site.Broker, Prefix = site.Prefix });
        try
        {
            await gateway.StartAsync(cancellationToken).ConfigureAwait(false);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
