using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitBridge.Gateways;

namespace RabbitBridge.Hosting;

/// <summary>Healthy is who gets a message through the broker to the own inbox, for an open connection alone proves nothing, and does not send its clients away.</summary>
internal sealed class GatewayHealthCheck(IGateway gateway) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (gateway is GatewayEngine { IsLeaving: true })
            return Failed(context, "The gateway is being stopped.");
        try
        {
            var time = await gateway.PingAsync(cancellationToken).WaitAsync(Limit, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"A message to the own inbox took {time.TotalMilliseconds:0.0} ms.{Problems()}"));
        }
        catch (TimeoutException)
        {
            return Failed(context, $"A message to the own inbox has not come back within {Limit.TotalSeconds} s.");
        }
        catch (CommunicationFailureException exception)
        {
            return Failed(context, exception.Message);
        }
    }

    private static HealthCheckResult Failed(HealthCheckContext context, string why) => new(context.Registration.FailureStatus, why);

    // Which harms nothing but those branches.
    private string Problems()
    {
        var routes = gateway.Routes.Where(static route => route.Problem is not null).ToArray();
        return routes.Length == 0 ? "" : $" Plain AMQP clients do not reach {routes.Length} of its branches, the first of them '{routes[0].Path}': {routes[0].Problem}";
    }
}
