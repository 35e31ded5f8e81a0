using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RabbitMQ.Client;

namespace RabbitBridge.Cli.Telemetry;

/// <summary>The spans of the command line, which go where OpenTelemetry's own settings say, if they say anything.</summary>
internal static class CliTelemetry
{
    private const string Name = "RabbitBridge.Cli";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins to send spans; what ends it sends the last of them.</summary>
    /// <returns><see langword="null"/> without <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</returns>
    public static IDisposable? Start() => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
        ? Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(static resource => resource.AddService("rabbitbridge").AddEnvironmentVariableDetector())
            .AddSource(Name)
            .AddRabbitBridgeInstrumentation()
            .AddOtlpExporter()
            .Build()
        : null;

    /// <summary>Starts the span of a plain AMQP client's request, as the conventions for RabbitMQ name it.</summary>
    public static Activity? StartPlainSend(string exchange, string key, AmqpTcpEndpoint broker) => Source.HasListeners()
        ? Source.StartActivity(
            ActivityKind.Producer,
            tags:
            [
                new("messaging.system", "rabbitmq"),
                new("messaging.operation.name", "send"),
                new("messaging.operation.type", "send"),
                new("messaging.destination.name", $"{exchange}:{key}"),
                new("messaging.rabbitmq.destination.routing_key", key),
                new("server.address", broker.HostName),
                new("server.port", broker.Port),
            ],
            name: $"send {exchange}:{key}")
        : null;
}
