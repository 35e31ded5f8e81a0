using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitBridge.Hosting;

namespace RabbitBridge.Client.Hosting;

/// <summary>Healthy is whose session is open and has a connection.</summary>
internal sealed class ClientHealthCheck(HostedSession session) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check(context));

    private HealthCheckResult Check(HealthCheckContext context)
    {
        IRemoteSession open;
        try
        {
            open = (IRemoteSession)session.Current;
        }
        catch (InvalidOperationException exception)
        {
            return new(context.Registration.FailureStatus, exception.Message);
        }

        return open.State is RemoteSessionState.Disconnected or RemoteSessionState.Closed
            ? new(context.Registration.FailureStatus, $"The session at gateway {open.Gateway} is {open.State}. {open.CloseMessage}".TrimEnd())
            : HealthCheckResult.Healthy($"The session is open at gateway {open.Gateway}.");
    }
}
