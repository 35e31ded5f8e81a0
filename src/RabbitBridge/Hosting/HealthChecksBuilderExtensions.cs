using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitBridge.Hosting;

namespace RabbitBridge;

/// <summary>Has a host's health tell of its gateway.</summary>
public static class HealthChecksBuilderExtensions
{
    /// <summary>Adds a check of the gateway of <c>AddRabbitBridge</c>: it is healthy if a message through the broker to its own inbox comes back within 2 s.</summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What is told if the check fails; <see langword="null"/> for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags by which checks are selected.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddRabbitBridge(
        this IHealthChecksBuilder builder, string name = "rabbitbridge", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<GatewayHealthCheck>(name, failureStatus, tags ?? []);
    }
}
