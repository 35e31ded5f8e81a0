using Microsoft.Extensions.Hosting;

namespace RabbitBridge.Hosting;

/// <summary>Starts and stops the gateway with its host.</summary>
internal sealed class GatewayService(IGateway gateway) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => gateway.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => gateway.StopAsync().WaitAsync(cancellationToken);
}
