namespace OpenTelemetry.Metrics;

/// <summary>Adds RabbitBridge's measurements to OpenTelemetry.</summary>
public static class RabbitBridgeMeterProviderBuilderExtensions
{
    /// <summary>Adds the measurements of gateways (meter <c>RabbitBridge</c>) and clients (meter <c>RabbitBridge.Client</c>) in this process.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddRabbitBridgeInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter("RabbitBridge", "RabbitBridge.Client");
    }
}
