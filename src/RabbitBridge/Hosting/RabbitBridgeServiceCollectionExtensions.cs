using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;
using RabbitBridge.Hosting;
using RabbitBridge.Security;

namespace RabbitBridge;

/// <summary>Adds a gateway to a host.</summary>
public static class RabbitBridgeServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IGateway"/>, which starts and stops with the host. Without a further call it stands alone, in
    /// memory. An <see cref="IAuthorizer"/> that is registered decides what sessions may do.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the gateway's options; they are checked when the host starts.</param>
    /// <returns>A builder that chooses the fabric, and names what the host does with a session at the gateway.</returns>
    /// <exception cref="InvalidOperationException">The host is a client already, by <c>AddRabbitBridgeClient</c>.</exception>
    public static RabbitBridgeBuilder AddRabbitBridge(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<GatewayOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>());
        services.TryAddSingleton<IAuthorizer, PermitAll>();
        services.TryAddSingleton(static provider => new Telemetry(LoggerOf(provider)));
        services.TryAddSingleton<IFabric>(static _ => new InMemoryFabric(new InMemoryBroker()));
        services.TryAddSingleton<IGateway>(MakeGateway);
        services.AddHostedService<GatewayService>();
        if (services.FirstOrDefault(static service => service.ServiceType == typeof(ISessionOpener)) is { } other && other.ImplementationType != typeof(GatewaySessionOpener))
            throw new InvalidOperationException("A host has one session: at the gateway of AddRabbitBridge, or at one elsewhere by AddRabbitBridgeClient. Open others by IGateway.OpenSession or RabbitBridgeClient.ConnectAsync.");
        services.TryAddSingleton<ISessionOpener, GatewaySessionOpener>();
        services.TryAddSingleton(new HostedSessionOptions(new SessionOptions()));
        return new RabbitBridgeBuilder(services);
    }

    /// <summary>Connects the gateway with others of the same process.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="broker">What connects them.</param>
    /// <returns>The same builder.</returns>
    public static RabbitBridgeBuilder UseInMemory(this RabbitBridgeBuilder builder, InMemoryBroker broker)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(broker);
        builder.Services.Replace(ServiceDescriptor.Singleton<IFabric>(new InMemoryFabric(broker)));
        return builder;
    }

    private static ILogger LoggerOf(IServiceProvider provider) => provider.GetService<ILogger<IGateway>>() ?? NullLogger<IGateway>.Instance;

    private static GatewayEngine MakeGateway(IServiceProvider provider)
    {
        var gateway = new GatewayEngine(
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value,
            provider.GetRequiredService<IFabric>(),
            provider.GetRequiredService<IAuthorizer>(),
            provider.GetRequiredService<Telemetry>(),
            LoggerOf(provider));
        foreach (var handler in provider.GetServices<HostedMessageHandler>())
            gateway.Projects.AddMessageHandler(handler.Project, handler.Name, handler.Make(provider), handler.Options);
        foreach (var kept in provider.GetServices<KeptService>())
            gateway.Services.Keep(kept.Options);
        return gateway;
    }
}
