using System.Diagnostics;
using RabbitBridge.ContractTests;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>A client that says nothing loses its connection, whether it has ever pinged or not; one that has nothing to say keeps it.</summary>
public sealed class ClientTimeoutTests : IAsyncLifetime
{
    // Longer than a machine that runs other suites stands still: of an idle client nothing is heard then either.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private readonly Counted _counted = Counted.Start();
    private readonly RemoteGateway _gateway = Gateway();

    public Task InitializeAsync() => _gateway.StartAsync();

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _counted.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silent_client_loses_its_connection_and_an_idle_one_does_not(bool pingsOnce)
    {
        await using var idle = await RawClient.ConnectAsync(_gateway.Address, pings: TimeSpan.FromMilliseconds(300));
        await idle.OpenAsync(new OpenRequest());

        // One after the other, so that the idle client is idle for several times the limit.
        for (var i = 1; i <= 2; i++)
        {
            // Before the gateway can have heard of it for the last time.
            var clock = Stopwatch.StartNew();
            await using var silent = await SilentClient.ConnectAsync(_gateway.Address, pingsOnce);

            // The gateway pings all the while, so that only the whole tells.
            await silent.ReadToEndAsync().WaitAsync(Eventually.Limit);

            Assert.True(clock.Elapsed >= Timeout, $"It lost its connection {Timeout - clock.Elapsed} before its time.");
            await Eventually.TrueAsync(() => Lines(nameof(SessionCloseReason.ConnectionLost)) == i, "its session is closed after the grace period");
            Assert.Equal(i, _gateway.Log.Lines.Count(line => line.Event == "ClientSilent"));
            Assert.Equal([("client_timeout", (long)i)], _counted.Of(_gateway.Meter, "rabbitbridge.remote.refusals").Select(each => (each.Key, each.Value)));
        }

        Assert.True(idle.IsConnected, "The idle client has lost its connection.");
        Assert.Equal(1, _gateway.SessionCount);
    }

    private static RemoteGateway Gateway() => new(new GatewayOptions { Name = "a" }, new InMemoryBroker())
    {
        GracePeriod = TimeSpan.FromMilliseconds(200),
        Settings = new Dictionary<string, string?>
        {
            ["Remote:KeepAlive"] = "00:00:01",
            ["Remote:ClientTimeout"] = Timeout.ToString(),
            ["Security:AnonymousSessions:Allowed"] = "true",
        },
    };

    private int Lines(string reason) => _gateway.Log.Lines.Count(line => line.Event == "SessionClosed" && line.Text.EndsWith(reason, StringComparison.Ordinal));
}
