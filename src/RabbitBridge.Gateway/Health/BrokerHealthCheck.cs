using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitBridge.Gateway.Remote;
using RabbitBridge.Hosting;

namespace RabbitBridge.Gateway.Health;

/// <summary>Ready is a gateway that is healthy and does not send its clients away.</summary>
internal sealed class BrokerHealthCheck(IGateway gateway, RemoteSessions sessions) : IHealthCheck
{
    private readonly GatewayHealthCheck _gateway = new(gateway);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => sessions.IsBeingEmptied
        ? Task.FromResult(HealthCheckResult.Unhealthy("The gateway is being stopped."))
        : _gateway.CheckHealthAsync(context, cancellationToken);
}
