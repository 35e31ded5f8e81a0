// #region telemetry
// dotnet add package RabbitBridge.OpenTelemetry, OpenTelemetry.Extensions.Hosting and OpenTelemetry.Exporter.OpenTelemetryProtocol
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services) => services.AddOpenTelemetry()
        .WithTracing(traces => traces.AddRabbitBridgeInstrumentation().AddOtlpExporter())
        .WithMetrics(metrics => metrics.AddRabbitBridgeInstrumentation().AddOtlpExporter());
}
// #endregion
