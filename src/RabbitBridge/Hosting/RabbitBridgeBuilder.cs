using Microsoft.Extensions.DependencyInjection;

namespace RabbitBridge;

/// <summary>Chooses what connects a gateway with others.</summary>
public sealed class RabbitBridgeBuilder
{
    internal RabbitBridgeBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the host.</summary>
    public IServiceCollection Services { get; }
}
