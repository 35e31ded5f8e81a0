using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RabbitBridge.Gateway.IntegrationTests.Hosting;

/// <summary>A gateway in somebody's own ASP.NET Core application: it serves clients at its endpoint, and changes nothing else of the application.</summary>
public sealed class OwnApplicationTests : IAsyncLifetime
{
    private const string Elsewhere = "https://page.example.com";

    private static readonly HttpClient Http = new();
    private WebApplication? _app;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/bridge", "bridge")]
    [InlineData("/a/b/", "a/b")]
    [InlineData("/", "")]
    public async Task Clients_connect_below_the_prefix(string prefix, string path)
    {
        var address = await StartAsync(static _ => { }, app => app.MapRabbitBridge(prefix));

        await using var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [new Uri(address, path)] });

        Assert.Equal("Hello Ann", await session.Messages.SendRequestAsync<string, string>("greeting", "Ann"));
    }

    [Fact]
    public async Task Pages_from_elsewhere_are_looked_at_by_the_endpoint_and_nowhere_else()
    {
        var address = await StartAsync(
            static bridge => bridge.AddRemoteSessions(static options => options.AllowedOrigins.Add("https://app.example.com")),
            static app => app.MapRabbitBridge("/bridge"));

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(address, "bridge/rabbitbridge/negotiate", Elsewhere)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(address, "bridge/rabbitbridge/negotiate", "https://app.example.com")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(address, "own", Elsewhere)).StatusCode);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(address, "bridge/rabbitbridge/negotiate"))
        {
            Headers = { { "Origin", "https://app.example.com" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "x-signalr-user-agent" } },
        };
        using var allowed = await Http.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(["https://app.example.com"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], allowed.Headers.GetValues("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Where_the_application_has_rules_for_CORS_the_endpoint_can_have_its_own()
    {
        var address = await StartAsync(
            static bridge =>
            {
                bridge.AddRemoteSessions(static options => options.AllowedOrigins.Add("https://app.example.com/"));
                bridge.Services.AddCors(static cors => cors.AddDefaultPolicy(static policy => policy.WithOrigins(Elsewhere)));
            },
            static app =>
            {
                app.UseCors();
                app.MapRabbitBridge("/bridge").RequireCors(RemoteOptions.CorsPolicy);
            });

        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(address, "bridge/rabbitbridge/negotiate"))
        {
            Headers = { { "Origin", "https://app.example.com" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "x-signalr-user-agent" } },
        };
        using var allowed = await Http.SendAsync(preflight);
        Assert.Equal(["https://app.example.com"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        using var own = await AskAsync(address, "own", Elsewhere);
        Assert.Equal([Elsewhere], own.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(address, "bridge/rabbitbridge/negotiate", Elsewhere)).StatusCode);
    }

    [Fact]
    public async Task Authenticators_of_the_application_are_asked_first_whenever_they_are_registered()
    {
        var address = await StartAsync(
            static bridge =>
            {
                bridge.Services.AddRabbitBridgeSecurity(static _ => { });
                bridge.Services.AddSingleton<IAuthenticator, NobodyAuthenticator>();
            },
            static app => app.MapRabbitBridge());

        await Assert.ThrowsAsync<AccessDeniedException>(() => RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [address] }));
    }

    [Fact]
    public async Task Messages_may_be_as_large_as_the_gateway_says_and_not_as_other_hubs_have_it()
    {
        var address = await StartAsync(static bridge => bridge.Services.AddSignalR(static hub => (hub.MaximumReceiveMessageSize, hub.SupportedProtocols) = (1024, ["json"])), static app => app.MapRabbitBridge());
        await using var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [address] });

        var name = new string('a', 200_000);
        Assert.Equal($"Hello {name}", await session.Messages.SendRequestAsync<string, string>("greeting", name));
    }

    [Fact]
    public async Task Hubs_of_the_application_keep_their_options()
    {
        await StartAsync(static _ => { }, static app => app.MapRabbitBridge());

        var services = _app!.Services;
        var (own, theirs) = (services.GetRequiredService<IOptions<HubOptions<AspNetCore.Remote.SessionHub>>>().Value, services.GetRequiredService<IOptions<HubOptions>>().Value);
        Assert.Equal(TimeSpan.FromDays(365), own.ClientTimeoutInterval);
        Assert.NotEqual(own.ClientTimeoutInterval, theirs.ClientTimeoutInterval);
        Assert.NotEqual(own.MaximumReceiveMessageSize, theirs.MaximumReceiveMessageSize);
    }

    [Fact]
    public async Task The_gateway_is_healthy_until_it_is_stopped()
    {
        var address = await StartAsync(static _ => { }, static app => app.MapRabbitBridge());
        Assert.Equal("Healthy", await Http.GetStringAsync(new Uri(address, "ready")));

        ((Gateways.GatewayEngine)_app!.Services.GetRequiredService<IGateway>()).Leave();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync(address, "ready", Elsewhere)).StatusCode);
    }

    [Fact]
    public async Task Whoever_forgets_something_hears_what()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRabbitBridge();
        await using var app = builder.Build();

        Assert.Contains("AddRemoteSessions()", Assert.Throws<InvalidOperationException>(() => app.MapRabbitBridge()).Message, StringComparison.Ordinal);
        Assert.Contains("'bridge' does not begin with '/'", Assert.Throws<ArgumentException>(() => app.MapRabbitBridge("bridge")).Message, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> AskAsync(Uri address, string path, string origin)
    {
        var method = path.EndsWith("negotiate", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get;
        return Http.SendAsync(new HttpRequestMessage(method, new Uri(address, path)) { Headers = { { "Origin", origin } } });
    }

    private async Task<Uri> StartAsync(Action<RabbitBridgeBuilder> configure, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var bridge = builder.Services.AddRabbitBridge(static options => options.Name = "own").AddRemoteSessions()
            .AddHandler("greeting", static (string name, CancellationToken _) => ValueTask.FromResult($"Hello {name}"));
        configure(bridge);
        builder.Services.AddHealthChecks().AddRabbitBridge();
        _app = builder.Build();
        _app.MapGet("/own", static () => "own");
        _app.MapHealthChecks("/ready");
        map(_app);
        await _app.StartAsync();
        return new Uri(_app.Urls.Single());
    }

    private sealed class NobodyAuthenticator : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => new(AuthenticationResult.Deny("nobody"));
    }
}
