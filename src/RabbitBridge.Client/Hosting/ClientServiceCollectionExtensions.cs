using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitBridge.Client.Hosting;
using RabbitBridge.Hosting;

namespace RabbitBridge;

/// <summary>Adds a session at a gateway elsewhere to a host.</summary>
public static class ClientServiceCollectionExtensions
{
    /// <summary>
    /// Opens a session when the host starts, which its services have as <see cref="ISession"/>, and closes it when the host stops. If it is lost for longer than <see cref="ClientOptions.ReconnectTimeout"/> another one is opened, with the same handlers.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Where and as whom.</param>
    /// <returns>A builder that names what the host does with the session.</returns>
    /// <exception cref="InvalidOperationException">The host has a session already.</exception>
    public static RabbitBridgeClientBuilder AddRabbitBridgeClient(this IServiceCollection services, ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddRabbitBridgeClient(_ => options);
    }

    /// <summary>The same, with options that are made of other services each time a session is opened.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Makes the options.</param>
    /// <returns>A builder that names what the host does with the session.</returns>
    /// <exception cref="InvalidOperationException">The host has a session already.</exception>
    public static RabbitBridgeClientBuilder AddRabbitBridgeClient(this IServiceCollection services, Func<IServiceProvider, ClientOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        if (services.Any(static service => service.ServiceType == typeof(ISessionOpener)))
            throw new InvalidOperationException("A host has one session: at one gateway of AddRabbitBridgeClient, or at its own of AddRabbitBridge. Open others by RabbitBridgeClient.ConnectAsync.");
        services.AddSingleton(new HostedClientOptions(options));
        services.AddSingleton<ISessionOpener, ClientSessionOpener>();
        return new RabbitBridgeClientBuilder(services).AddSession();
    }

    /// <summary>Adds a check of the session of <c>AddRabbitBridgeClient</c>: it is healthy while it has a connection to a gateway.</summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What is told if the check fails; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">Tags by which checks are selected.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddRabbitBridgeClient(
        this IHealthChecksBuilder builder,
        string name = "rabbitbridge",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<ClientHealthCheck>(name, failureStatus, tags ?? []);
    }
}
