using Microsoft.Extensions.DependencyInjection;
using RabbitBridge.Hosting;
using RabbitBridge.Services;

namespace RabbitBridge;

/// <summary>Gives existing AMQP services paths at a host's gateway.</summary>
public static class ServiceBuilderExtensions
{
    /// <summary>Keeps a service: sessions reach it under its path as soon as its queue is there.</summary>
    /// <param name="builder">The builder that <c>AddRabbitBridge</c> returned.</param>
    /// <param name="service">The service.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The path has a service already.</exception>
    /// <exception cref="InvalidPathException">The path is none, or too long or too deep for a handler.</exception>
    /// <exception cref="InvalidMessageDataException">Another option is none.</exception>
    public static RabbitBridgeBuilder AddService(this RabbitBridgeBuilder builder, ServiceOptions service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(service);
        var (path, _) = ServiceRules.Read(service);
        // Told here, and not when the gateway is made: there the line that did it is far away.
        if (builder.Services.Any(other => other.ImplementationInstance is KeptService kept && ServiceRules.Read(kept.Options).Path == path))
            throw new HandlerConflictException($"There is a service on '{path}' already.");
        builder.Services.AddSingleton(new KeptService(service));
        return builder;
    }
}
