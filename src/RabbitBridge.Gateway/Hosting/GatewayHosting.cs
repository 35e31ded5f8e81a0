using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RabbitBridge.Diagnostics;
using RabbitBridge.Gateway.Health;
using RabbitBridge.Gateway.Projects;
using RabbitBridge.Gateway.Remote;
using RabbitBridge.Gateway.Security;
using RabbitBridge.Gateway.Services;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.Hosting;

/// <summary>Puts the gateway process together.</summary>
internal static class GatewayHosting
{
    private const string Ready = "ready";
    private const string Cors = "clients";

    /// <summary>Adds the gateway and everything around it, as the configuration says.</summary>
    /// <exception cref="ConfigurationException">A section cannot be read.</exception>
    /// <exception cref="OptionsValidationException">The section Projects or Services has mistakes.</exception>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var gateway = services.AddRabbitBridge();
        services.AddOptions<GatewayOptions>().Configure(options => options.DrainTimeout = TimeSpan.FromSeconds(10));
        services.AddOptions<GatewayOptions>().Configure(options => Bind(configuration, "Gateway", options));
        var fabric = Fabric(configuration);
        if (fabric == FabricKind.RabbitMq)
        {
            gateway.UseRabbitMq();
            services.AddOptions<RabbitMqOptions>().Configure(options => Bind(configuration, "RabbitMq", options));
        }

        gateway.AddHandlers(ProjectsSection.Read(configuration.GetSection("Projects"), fabric));
        ServicesSection.Add(gateway, configuration.GetSection("Services"), fabric);
        services.AddOptions<RemoteOptions>().Configure(options => Bind(configuration, "Remote", options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RemoteOptions>, RemoteOptionsValidator>();
        services.AddRabbitBridgeSecurity(configuration.GetSection(SecurityOptions.SectionName));
        services.AddSingleton<IAuthenticator, JwtAuthenticator>();
        services.AddSingleton<RemoteSessions>();
        services.AddHostedService<GracefulStop>();
        AddHub(services);
        AddTelemetry(builder);
        services.AddHealthChecks().AddCheck<BrokerHealthCheck>("broker", tags: [Ready]);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
    }

    public static void MapGateway(this WebApplication app)
    {
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

    private static FabricKind Fabric(ConfigurationManager configuration)
    {
        var text = configuration["Fabric"];
        if (text is null)
            return FabricKind.RabbitMq;
        return Enum.TryParse<FabricKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw new ConfigurationException($"Fabric '{text}': one of {string.Join(", ", Enum.GetNames<FabricKind>())}.");
    }

    private static void Bind<TOptions>(ConfigurationManager configuration, string section, TOptions options)
        where TOptions : class
    {
        CheckKeys(configuration.GetSection(section), typeof(TOptions));
        try
        {
            configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            throw new ConfigurationException($"{section}: {exception.Message}{(exception.InnerException is { } inner ? $" {inner.Message}" : "")}", exception);
        }
    }

    private static void CheckKeys(IConfigurationSection section, Type options)
    {
        var properties = options.GetProperties().Where(property => property.Name != nameof(GatewayOptions.TimeProvider))
            .ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var type))
                throw new ConfigurationException($"{child.Path} is not known; the section {section.Path} has {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
            if (type == typeof(RabbitMqTlsOptions))
                CheckKeys(child, type);
        }
    }

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
            .ConfigureResource(resource => resource.AddService("rabbitbridge-gateway"))
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter());
        // OpenTelemetry's own settings. Without an endpoint spans would go nowhere, and two for each request cost much; a client's trace context is passed on all the same.
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
            telemetry.WithTracing(traces => traces.AddSource(Telemetry.Name).AddOtlpExporter()).WithMetrics(metrics => metrics.AddOtlpExporter());
    }
}
