using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>A host whose session is at a gateway elsewhere.</summary>
public sealed class HostedClientTests : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _things = [];
    private RemoteGateway _gateway = null!;
    private CutProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _gateway = Add(new RemoteGateway(new GatewayOptions { Name = "a" }, new InMemoryBroker()) { Settings = new Dictionary<string, string?> { ["Remote:Farewell"] = "00:00:05" } });
        await _gateway.StartAsync();
        _proxy = Add(new CutProxy(_gateway.Address));
    }

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Fact]
    public async Task Its_handlers_are_reached_there_and_it_sends_from_there()
    {
        using var host = await StartAsync(builder => builder
            .AddHandler("greet", (string name, IRequestContext context, CancellationToken _) => new ValueTask<string>($"{context.Path} {name}"))
            .AddRequestClient<string, string>("answer"));
        await using var other = await _gateway.OpenSessionAsync();
        await other.AnswerAsync("answer", "from elsewhere");

        Assert.Equal("greet/you tea", await other.AskAsync("greet/you", "tea"));
        Assert.Equal("from elsewhere", await host.Services.GetRequiredService<IRequestClient<string, string>>().SendAsync("?"));
        Assert.Equal(_gateway.Name, host.Services.GetRequiredService<ISession>().Properties[SessionProperty.ServerName]);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));

        await host.StopAsync();
        await Assert.ThrowsAsync<UnhandledMessageException>(() => other.AskAsync("greet/you", "tea"));
    }

    [Fact]
    public async Task A_session_that_is_lost_is_followed_by_another_one_with_the_same_handlers()
    {
        using var host = await StartAsync(builder => builder
            .AddHandler("greet", (string name, CancellationToken _) => new ValueTask<string>($"hello {name}"))
            .AddRequestClient<string, string>("greet"));
        var (client, session) = (host.Services.GetRequiredService<IRequestClient<string, string>>(), host.Services.GetRequiredService<ISession>());
        var (first, closed) = (session.Id, session.Closed);

        _proxy.Cut();
        await Eventually.TrueAsync(() => closed.IsCancellationRequested, "the session is lost");
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        _proxy.Mend();

        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await client.SendAsync("tea") == "hello tea";
                }
                catch (MessagingException)
                {
                    // The session of before is about to end, or the handlers of the next one are not there yet.
                    return false;
                }
            },
            "the host has another session");
        Assert.NotEqual(first, session.Id);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_session_that_its_gateway_closes_is_not_opened_again_and_health_tells()
    {
        using var host = await StartAsync(builder => builder.AddRequestClient<string, string>("greet"), reconnectTimeout: TimeSpan.FromSeconds(60));
        var session = host.Services.GetRequiredService<ISession>();
        var closed = session.Closed;
        await using var other = await _gateway.OpenSessionAsync();

        await other.Sessions.CloseAsync(session.Id);

        await Eventually.TrueAsync(() => closed.IsCancellationRequested, "the host's session is closed");
        await Assert.ThrowsAsync<SessionClosedException>(() => host.Services.GetRequiredService<IRequestClient<string, string>>().SendAsync("tea"));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_that_stops_while_its_session_is_being_opened_anew_ends()
    {
        using var host = await StartAsync(builder => builder.AddRequestClient<string, string>("greet"));
        var session = host.Services.GetRequiredService<ISession>();
        _proxy.Cut();
        await Eventually.TrueAsync(() => HasNone(session), "the session is being opened anew");
        var waiting = host.Services.GetRequiredService<IRequestClient<string, string>>().SendAsync("tea");

        await host.StopAsync();

        Assert.Equal(ErrorReason.SessionClosed, (await Assert.ThrowsAnyAsync<MessagingException>(() => waiting)).Reason);
    }

    [Fact]
    public void One_host_has_one_session()
    {
        var options = new ClientOptions { Addresses = [_gateway.Address] };

        Assert.Throws<InvalidOperationException>(() => { new ServiceCollection().AddRabbitBridgeClient(options).Services.AddRabbitBridgeClient(options); });
        Assert.Throws<InvalidOperationException>(() => { new ServiceCollection().AddRabbitBridge().Services.AddRabbitBridgeClient(options); });
        Assert.Throws<InvalidOperationException>(() => { new ServiceCollection().AddRabbitBridgeClient(options).Services.AddRabbitBridge(); });
    }

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }

    private static bool HasNone(ISession session)
    {
        try
        {
            _ = session.Id;
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private async Task<IHost> StartAsync(Action<RabbitBridgeClientBuilder> configure, TimeSpan? reconnectTimeout = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services.AddRabbitBridgeClient(new ClientOptions { Addresses = [_proxy.Address], ReconnectTimeout = reconnectTimeout ?? TimeSpan.FromMilliseconds(200) }));
        builder.Services.AddHealthChecks().AddRabbitBridgeClient();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
