using System.Diagnostics;
using RabbitBridge.Cli.Demo.Remote;

namespace RabbitBridge.EndToEndTests;

/// <summary>Gateway programs in processes of their own, one of which is killed.</summary>
[Collection(AloneGroup.Name)]
public sealed class KilledGatewayTests(BrokerFixture broker) : IAsyncLifetime
{
    private readonly string _prefix = broker.NewProcesses().Prefix;
    private GatewayServer _north = null!;
    private GatewayServer _south = null!;

    public async Task InitializeAsync()
    {
        var north = GatewayServer.StartAsync("north", broker.Broker.AmqpUri, _prefix, origin: null, CancellationToken.None);
        _south = await GatewayServer.StartAsync("south", broker.Broker.AmqpUri, _prefix, origin: null, CancellationToken.None);
        _north = await north;
    }

    public async Task DisposeAsync()
    {
        await _north.DisposeAsync();
        await _south.DisposeAsync();
    }

    [Fact]
    public async Task When_a_gateway_is_killed_its_remote_session_serves_again_at_the_other_one()
    {
        var states = new List<RemoteSessionState>();
        await using var service = new DotNetParticipant("service");
        await service.OpenAsync([_north.Address, _south.Address], CancellationToken.None);
        service.Session.StateChanged += (_, state) =>
        {
            lock (states)
                states.Add(state);
        };
        var former = service.Session.Id;
        await using var caller = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [_south.Address] });
        await using var load = await ServiceLoad.StartAsync(caller, service.Name, "north", "south", CancellationToken.None);

        var kill = Stopwatch.GetTimestamp();
        _north.Kill();
        var failover = await load.EndAsync(kill, CancellationToken.None).WaitAsync(Until.Limit);

        Assert.Equal("south", service.Gateway);
        Assert.NotEqual(former, service.Session.Id);
        lock (states)
            Assert.Equal([RemoteSessionState.Disconnected, RemoteSessionState.FailedOver], states);
        // No request may end without an answer, or because its time was over.
        Assert.Subset(new HashSet<string> { "COMMUNICATION_FAILURE", "UNHANDLED_MESSAGE" }, failover.Errors.Keys.ToHashSet());
    }
}
