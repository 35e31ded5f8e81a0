using Microsoft.Extensions.Options;
using RabbitBridge.AspNetCore.Diagnostics;
using RabbitBridge.AspNetCore.Remote;

namespace RabbitBridge.AspNetCore.Hosting;

/// <summary>
/// Stops the gateway while its clients are still connected. SignalR cuts all connections the moment the host begins to stop; this is registered
/// after it for the same moment, and so comes before it.
/// </summary>
internal sealed class GracefulStop(
    IGateway gateway, RemoteSessions sessions, IHostApplicationLifetime lifetime, IOptions<GatewayOptions> options, ILogger<GracefulStop> logger)
    : IHostedService
{
    // For withdrawing, closing and the goodbye, beside what is in hand.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private CancellationTokenRegistration _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // When the application has started, everything else has registered.
        lifetime.ApplicationStarted.Register(() => _registration = lifetime.ApplicationStopping.Register(Stop));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _registration.Dispose();
        return Task.CompletedTask;
    }

    private void Stop()
    {
        try
        {
            StopAsync().Wait((2 * options.Value.DrainTimeout) + sessions.Options.StallTimeout + Rest);
        }
#pragma warning disable CA1031 // The host stops whatever happens here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.StopFailed(logger, exception);
        }
    }

    private async Task StopAsync()
    {
        Log.Stopping(logger, gateway.Name, gateway.SessionCount, options.Value.DrainTimeout);
        // Before anything is withdrawn: until a client has its handlers elsewhere, they are needed here (F2).
        await sessions.EmptyAsync(options.Value.DrainTimeout).ConfigureAwait(false);
        await gateway.StopAsync().ConfigureAwait(false);
        await sessions.DisconnectedAsync().ConfigureAwait(false);
    }
}
