// #region telemetry
// dotnet add package RabbitBridge.OpenTelemetry
// dotnet add package OpenTelemetry.Extensions.Hosting
// dotnet add package OpenTelemetry.Exporter.OpenTelemetryProtocol
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services) => services.AddOpenTelemetry()
        .WithTracing(traces => traces.AddRabbitBridgeInstrumentation().AddOtlpExporter())
        .WithMetrics(metrics => metrics.AddRabbitBridgeInstrumentation().AddOtlpExporter());
}
// #endregion
