using Microsoft.Extensions.DependencyInjection;

namespace RabbitBridge;

/// <summary>Names what a host does with its session at a gateway elsewhere.</summary>
public sealed class RabbitBridgeClientBuilder : SessionBuilder<RabbitBridgeClientBuilder>
{
    internal RabbitBridgeClientBuilder(IServiceCollection services)
        : base(services)
    {
    }
}
