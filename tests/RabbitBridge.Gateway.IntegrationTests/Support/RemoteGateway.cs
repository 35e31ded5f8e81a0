using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitBridge.AspNetCore.Remote;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateway.Hosting;
using RabbitBridge.Gateways;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>A gateway process's host within the test, whose sessions are opened over SignalR on loopback.</summary>
internal sealed class RemoteGateway(GatewayOptions options, InMemoryBroker broker) : IGateway
{
    private readonly List<IRemoteSession> _sessions = [];
    private WebApplication? _app;
    private bool _isStopped;

    public IGateway Inner => _app!.Services.GetRequiredService<IGateway>();

    /// <summary>What its counters belong to.</summary>
    public Meter Meter => ((GatewayEngine)Inner).Telemetry.Meter;

    /// <summary>What all its clients cost together, in bytes.</summary>
    public long ClientBytes => _app!.Services.GetRequiredService<RemoteSessions>().Room.Taken;

    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>More of the configuration, by key. With keys of the section <c>Security</c> the product's authenticators decide, and not the trusting one.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>A JSON file with more of the configuration, which is read again when it changes. The product's authenticators decide.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>What the process logs.</summary>
    public CapturingLogger Log { get; } = new();

    public Uri Address { get; private set; } = new("http://localhost");

    public string Name => options.Name;

    public ulong Instance => Inner.Instance;

    public bool IsConnected => Inner.IsConnected;

    public int SessionCount => Inner.SessionCount;

    public int PendingRequests => Inner.PendingRequests;

    public IReadOnlyList<GatewayInfo> Gateways => Inner.Gateways;

    public IReadOnlyList<RouteInfo> Routes => Inner.Routes;

    public IGatewayProjects Projects => Inner.Projects;

    public IGatewayServices Services => Inner.Services;

    public ISession OpenSession(SessionOptions? options = null) => OpenSessionAsync(options).GetAwaiter().GetResult();

    public async Task<ISession> OpenSessionAsync(SessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_app is null || _isStopped)
            throw new InvalidOperationException($"Gateway {Name} is not running.");
        options ??= new SessionOptions();
        var session = await RabbitBridgeClient.ConnectAsync(
            new ClientOptions
            {
                Addresses = [Address],
                Principal = options.Principal,
                Password = JsonSerializer.Serialize(options.Roles),
                Properties = options.Properties,
                Project = options.Project,
                HostName = options.HostName,
            },
            cancellationToken);
        lock (_sessions)
            _sessions.Add(session);
        return session;
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_app is not null)
            throw new InvalidOperationException($"Gateway {Name} was started before.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Fabric"] = "InMemory", ["Remote:GracePeriod"] = GracePeriod.ToString(), ["Remote:Farewell"] = "00:00:00.1" });
        builder.Configuration.AddInMemoryCollection(Settings);
        if (SettingsFile is not null)
            builder.Configuration.AddJsonFile(SettingsFile, optional: false, reloadOnChange: true);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new CapturingLoggerProvider(Log));
        builder.AddGateway();
        builder.Services.Replace(ServiceDescriptor.Singleton(Options.Create(options)));
        builder.Services.Replace(ServiceDescriptor.Singleton<IFabric>(new InMemoryFabric(broker)));
        if (SettingsFile is null && !Settings.Keys.Any(key => key.StartsWith("Security:", StringComparison.Ordinal)))
        {
            builder.Services.RemoveAll<IAuthenticator>();
            builder.Services.AddSingleton<IAuthenticator, TrustingAuthenticator>();
        }

        _app = builder.Build();
        _app.MapGateway();
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Urls.First());
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        _isStopped = true;
        ISession[] sessions;
        lock (_sessions)
            sessions = [.. _sessions];
        await Inner.StopAsync();
        await _app.StopAsync();
        await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
    }

    /// <summary>Ends the host as SIGTERM does.</summary>
    public async Task TerminateAsync()
    {
        _isStopped = true;
        await Task.Run(_app!.Lifetime.StopApplication);
        await _app.StopAsync();
    }

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => Inner.PingAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Clients that are still there would be waited for until they have left.
        ISession[] sessions;
        lock (_sessions)
            sessions = [.. _sessions];
        await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
        await StopAsync();
        if (_app is not null)
            await _app.DisposeAsync();
    }
}
