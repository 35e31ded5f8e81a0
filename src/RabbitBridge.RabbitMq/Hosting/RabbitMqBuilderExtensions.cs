using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.Fabric;
using Telemetry = RabbitBridge.Diagnostics.Telemetry;

namespace RabbitBridge;

/// <summary>Connects a host's gateway over RabbitMQ.</summary>
public static class RabbitMqBuilderExtensions
{
    /// <summary>Connects the gateway over RabbitMQ.</summary>
    /// <param name="builder">The builder that <c>AddRabbitBridge</c> returned.</param>
    /// <param name="configure">Sets the connection's options; they are checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static RabbitBridgeBuilder UseRabbitMq(this RabbitBridgeBuilder builder, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RabbitMqOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptionsValidator>());
        services.Replace(ServiceDescriptor.Singleton<IFabric>(static provider => new RabbitMqFabric(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value,
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxMessageBytes,
            provider.GetRequiredService<IAuthorizer>(),
            provider.GetRequiredService<Telemetry>(),
            provider.GetService<ILogger<IGateway>>() ?? NullLogger<IGateway>.Instance)));
        return builder;
    }
}
