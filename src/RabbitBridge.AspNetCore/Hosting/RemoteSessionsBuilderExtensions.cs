using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RabbitBridge.AspNetCore.Hosting;
using RabbitBridge.AspNetCore.Remote;
using RabbitBridge.AspNetCore.Security;
using RabbitBridge.Remote;

namespace RabbitBridge;

/// <summary>Lets clients elsewhere open sessions at the gateway of a host.</summary>
public static class RemoteSessionsBuilderExtensions
{
    /// <summary>
    /// Adds what remote sessions need; <see cref="RabbitBridgeEndpointRouteBuilderExtensions.MapRabbitBridge"/> says where clients connect. Who is let in,
    /// <see cref="SecurityServiceCollectionExtensions.AddRabbitBridgeSecurity(IServiceCollection, Action{SecurityOptions})"/> decides; without a call of it everybody is, and a
    /// warning in the log says so where others than this machine can connect. When the host begins to stop, clients are sent to other gateways, for which they have
    /// <see cref="GatewayOptions.DrainTimeout"/>; then the gateway stops, before anything else of the application does.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options; they are checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static RabbitBridgeBuilder AddRemoteSessions(this RabbitBridgeBuilder builder, Action<RemoteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RemoteOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        if (services.Any(static service => service.ServiceType == typeof(RemoteSessions)))
            return builder;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RemoteOptions>, RemoteOptionsValidator>());
        services.AddRabbitBridgeSecurity(static _ => { });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthenticator, JwtAuthenticator>());
        services.AddSingleton<RemoteSessions>();
        services.AddSingleton<OriginGuard>();
        services.AddHostedService<GracefulStop>();
        services.AddHostedService<OutageWatch>();
        services.AddHostedService<AccessNotice>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<RemoteOptions>>(static (cors, remote) => cors.AddPolicy(RemoteOptions.CorsPolicy, policy =>
        {
            // SignalR's clients send credentials with every request, for gateways behind sticky load balancers.
            policy.AllowAnyHeader().AllowAnyMethod().AllowCredentials();
            if (remote.Value.AllowedOrigins.Contains("*"))
                policy.SetIsOriginAllowed(static _ => true);
            else
                policy.WithOrigins([.. remote.Value.AllowedOrigins.Select(static origin => origin.TrimEnd('/'))]);
        }));
        // Its own, and not those of all hubs, which are the application's: they count where this method was called, which knows no services.
        services.AddSignalR().AddMessagePackProtocol().AddHubOptions<SessionHub>(static _ => { });
        services.AddOptions<HubOptions<SessionHub>>().Configure<IOptions<RemoteOptions>, IOptions<GatewayOptions>>(static (hub, remote, gateway) =>
        {
            // What the protocol of this hub needs, whatever those of the application have.
            hub.SupportedProtocols = ["json", "messagepack"];
            hub.MaximumParallelInvocationsPerClient = 1;
            hub.DisableImplicitFromServicesParameters = true;
            hub.KeepAliveInterval = remote.Value.KeepAlive;
            // Never: SilenceWatch finds those as well who have never pinged.
            hub.ClientTimeoutInterval = TimeSpan.FromDays(365);
            // A frame is base64 in the hub protocol json, and has an envelope.
            hub.MaximumReceiveMessageSize = ((gateway.Value.MaxMessageBytes + RemoteLink.FrameOverhead) * 4L / 3) + 1024;
        });
        return builder;
    }
}
