using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Registrations that others are slow to hear of.</summary>
[Collection(BrokerGroup.Name)]
public sealed class RegistrationTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_registration_that_loses_the_connection_waits_for_those_whom_the_next_one_finds()
    {
        var (gateway, peer) = await StartWithSilentPeerAsync();
        var registering = gateway.OpenSession().AnswerAsync("new", "answer");
        await Eventually.TrueAsync(() => Announces(peer, "new"), "the peer hears of it");
        var before = Inbox(gateway);

        await Rabbit.ReconnectAsync(gateway);
        await Eventually.TrueAsync(() => peer.Routes.Any(routes => routes.Address != before), "the peer hears of it in the next epoch");
        Assert.False(registering.IsCompleted);
        await peer.AcknowledgeAsync();

        await registering;
    }

    [Fact]
    public async Task A_registration_that_is_given_up_ends_though_others_do_not_know_of_it_yet()
    {
        var (gateway, peer) = await StartWithSilentPeerAsync();
        using var giveUp = new CancellationTokenSource();
        var session = gateway.OpenSession();
        var registering = session.Messages.AddRequestHandlerAsync("new", new HoldingHandler(), DataTypes.Text, DataTypes.Text, cancellationToken: giveUp.Token);
        await Eventually.TrueAsync(() => Announces(peer, "new"), "the peer hears of it");

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registering);

        Assert.DoesNotContain(Log.Lines, line => line.Event == "RosterNotSettled");
        Assert.DoesNotContain(gateway.Routes, route => route.Path == "new");
        await peer.AcknowledgeAsync();
        await Eventually.TrueAsync(() => peer.Routes.Any(routes => routes.Withdrawn.Contains(MessagePath.Parse("new"))), "the peer hears that it is gone");
    }

    private static bool Announces(NativePeer peer, string path) =>
        peer.Routes.Any(routes => routes.Added.Any(branch => branch.Path == MessagePath.Parse(path)));

    private async Task<(IGateway Gateway, NativePeer Peer)> StartWithSilentPeerAsync()
    {
        // A registration waits for as long as a gateway may be silent.
        var gateway = await StartGatewayAsync("a", options => options.PresenceLimit = TimeSpan.FromMinutes(5));
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        Own(peer);
        await peer.AnnounceAsync(Inbox(gateway), "peer");
        await Eventually.TrueAsync(() => gateway.Routes.Any(route => route.Path == "peer"), "the gateway knows the peer's branch");
        peer.Acknowledges = false;
        return (gateway, peer);
    }
}
