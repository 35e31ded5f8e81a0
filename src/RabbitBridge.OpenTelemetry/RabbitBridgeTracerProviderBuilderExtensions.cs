namespace OpenTelemetry.Trace;

/// <summary>Adds RabbitBridge's spans to OpenTelemetry.</summary>
public static class RabbitBridgeTracerProviderBuilderExtensions
{
    /// <summary>Adds the spans of gateways (source <c>RabbitBridge</c>) and clients (source <c>RabbitBridge.Client</c>) in this process.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddRabbitBridgeInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource("RabbitBridge", "RabbitBridge.Client");
    }
}
