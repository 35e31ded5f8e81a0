using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RabbitBridge.Gateway.Diagnostics;
using RabbitBridge.Gateway.Health;
using RabbitBridge.Gateway.Projects;
using RabbitBridge.Gateway.Remote;
using RabbitBridge.Gateway.Security;
using RabbitBridge.Gateway.Services;
using RabbitBridge.Remote;
using RabbitBridge.Settings;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>Puts the gateway process together.</summary>
internal static class GatewayHosting
{
    private const string Ready = "ready";
    private const string Cors = "clients";

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
        services.AddOptions<RemoteOptions>().Configure(options => Bind(configuration, KnownSections.Remote, options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RemoteOptions>, RemoteOptionsValidator>();
        services.AddRabbitBridgeSecurity(configuration.GetSection(SecurityOptions.SectionName));
        services.AddSingleton<IAuthenticator, JwtAuthenticator>();
        services.AddSingleton<RemoteSessions>();
        services.AddHostedService<GracefulStop>();
        services.AddHostedService<OutageWatch>();
        services.AddHostedService<AccessNotice>();
        AddHub(services);
        AddTelemetry(builder);
        services.AddHealthChecks().AddCheck<BrokerHealthCheck>("broker", tags: [Ready]);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
    }

    public static void MapGateway(this WebApplication app)
    {
        app.Services.GetRequiredService<RemoteSessions>().Observe();
        app.UseMiddleware<OriginGuard>();
        app.UseCors(Cors);
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthJson.WriteAsync });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = HealthJson.WriteAsync });
        app.MapPrometheusScrapingEndpoint("/metrics");
        // A hub of its own mapping has no place where one sees everything that comes.
        app.MapConnections(SessionHub.Path, connections => connections.Use(static next => connection =>
        {
            var transport = new WatchedTransport(connection.Transport);
            connection.Transport = transport;
            connection.Features.Set(transport);
            return next(connection);
        }).UseHub<SessionHub>());
    }

    private static void Bind<TOptions>(ConfigurationManager configuration, string section, TOptions options)
        where TOptions : class => new SettingsSection(configuration.GetSection(section), typeof(TOptions)).BindTo(options);

    private static void AddHub(IServiceCollection services)
    {
        services.AddSignalR().AddMessagePackProtocol();
        // Those of all hubs, of which there is one: a hub's own count only if they were set in one particular way, which knows no services.
        services.AddOptions<HubOptions>().Configure<IOptions<RemoteOptions>, IOptions<GatewayOptions>>((hub, remote, gateway) =>
        {
            hub.KeepAliveInterval = remote.Value.KeepAlive;
            // Never: SilenceWatch finds those as well who have never pinged.
            hub.ClientTimeoutInterval = TimeSpan.FromDays(365);
            // A frame is base64 in the hub protocol json, and has an envelope.
            hub.MaximumReceiveMessageSize = ((gateway.Value.MaxMessageBytes + RemoteLink.FrameOverhead) * 4L / 3) + 1024;
        });
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<RemoteOptions>>((cors, remote) =>
            cors.AddPolicy(Cors, policy =>
            {
                // SignalR's clients send credentials with every request, for gateways behind sticky load balancers.
                policy.AllowAnyHeader().AllowAnyMethod().AllowCredentials();
                if (remote.Value.AllowedOrigins.Contains("*"))
                    policy.SetIsOriginAllowed(static _ => true);
                else
                    policy.WithOrigins([.. remote.Value.AllowedOrigins]);
            }));
    }

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
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
            telemetry.WithTracing(traces => traces.AddRabbitBridgeInstrumentation().AddOtlpExporter()).WithMetrics(metrics => metrics.AddOtlpExporter());
    }
}
