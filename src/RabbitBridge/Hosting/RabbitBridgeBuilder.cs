using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RabbitBridge.Hosting;

namespace RabbitBridge;

/// <summary>Chooses what connects a host's gateway with others, and names what the host does with a session at it.</summary>
public sealed class RabbitBridgeBuilder : SessionBuilder<RabbitBridgeBuilder>
{
    internal RabbitBridgeBuilder(IServiceCollection services)
        : base(services)
    {
    }

    /// <summary>Says as whom the host opens its session.</summary>
    /// <param name="options">As for <see cref="IGateway.OpenSession"/>. Without this call the session is anonymous.</param>
    /// <returns>The same builder.</returns>
    public RabbitBridgeBuilder UseSession(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Services.Replace(ServiceDescriptor.Singleton(new HostedSessionOptions(options)));
        return AddSession();
    }
}
