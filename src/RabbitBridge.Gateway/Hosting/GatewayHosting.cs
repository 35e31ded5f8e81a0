using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RabbitBridge.Gateway.Diagnostics;
using RabbitBridge.Gateway.Health;
using RabbitBridge.Gateway.Projects;
using RabbitBridge.Gateway.Services;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>Puts the gateway process together.</summary>
internal static class GatewayHosting
{
    private const string Ready = "ready";

    /// <summary>Adds the gateway and everything around it, as the configuration says.</summary>
    /// <exception cref="OptionsValidationException">The configuration has mistakes; all of them are told.</exception>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        if (ConfigurationCheck.Find(configuration) is { Count: > 0 } problems)
            throw new OptionsValidationException("the gateway's configuration", typeof(GatewayOptions), problems);
        var gateway = services.AddRabbitBridge();
        services.AddOptions<GatewayOptions>().Configure(options => options.DrainTimeout = TimeSpan.FromSeconds(10));
        services.AddOptions<GatewayOptions>().Configure(options => Bind(configuration, KnownSections.Gateway, options));
        ConfigurationCheck.TryReadFabric(configuration, out var fabric);
        if (fabric == FabricKind.RabbitMq)
        {
            gateway.UseRabbitMq();
            services.AddOptions<RabbitMqOptions>().Configure(options => Bind(configuration, KnownSections.RabbitMq, options));
        }

        gateway.AddHandlers(ProjectsSection.Read(configuration.GetSection(KnownSections.Projects), fabric, problems: []));
        foreach (var service in ServicesSection.Read(configuration.GetSection(KnownSections.Services), fabric, problems: []))
            gateway.AddService(service);
        gateway.AddRemoteSessions();
        services.AddOptions<RemoteOptions>().Configure(options => Bind(configuration, KnownSections.Remote, options));
        services.AddRabbitBridgeSecurity(configuration.GetSection(SecurityOptions.SectionName));
        AddTelemetry(builder);
        services.AddHealthChecks().AddRabbitBridge("broker", tags: [Ready]);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
    }

    public static void MapGateway(this WebApplication app)
    {
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthJson.WriteAsync });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = HealthJson.WriteAsync });
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapRabbitBridge();
    }

    private static void Bind<TOptions>(ConfigurationManager configuration, string section, TOptions options)
        where TOptions : class => new SettingsSection(configuration.GetSection(section), typeof(TOptions)).BindTo(options);

    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("rabbitbridge-gateway")
                .AddDetector(services => new GatewayResource(services.GetRequiredService<IOptions<GatewayOptions>>()))
                // Last: what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say is what somebody wants.
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddRabbitBridgeInstrumentation().AddMeter("Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter());
        // OpenTelemetry's own settings. Without an endpoint spans would go nowhere, and two for each request cost much; a client's trace context is passed on all the same.
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
            telemetry.WithTracing(traces => traces.AddRabbitBridgeInstrumentation().AddOtlpExporter()).WithMetrics(metrics => metrics.AddOtlpExporter());
    }
}
