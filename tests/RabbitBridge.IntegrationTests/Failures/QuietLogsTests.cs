using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>What is in order is no warning in the log, and what is not is told once.</summary>
[Collection(BrokerGroup.Name)]
public sealed class QuietLogsTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task Gateways_that_start_together_and_stop_in_order_log_no_warning_F11()
    {
        // A busy process must not take the silence of its own gateways for their death.
        IGateway[] gateways = [.. Enumerable.Range(0, 4).Select(i => World.CreateGateway(new GatewayOptions { Name = $"g{i}", PresenceLimit = TimeSpan.FromSeconds(30) }))];
        try
        {
            await Task.WhenAll(gateways.Select(gateway => gateway.StartAsync()));
            await Eventually.TrueAsync(() => gateways.All(gateway => gateway.Gateways.Count == 3), "all know each other");
            await gateways[1].OpenSession().AnswerAsync("a", "x");
            Assert.Equal("x", await gateways[0].OpenSession().AskAsync("a"));

            await gateways[1].StopAsync();
            await Eventually.TrueAsync(() => gateways[0].Gateways.Count == 2, "the others know that it has left");
        }
        finally
        {
            foreach (var gateway in gateways)
                await gateway.DisposeAsync();
        }

        Assert.Equal([], Log.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text));
        Assert.Contains(Log.Lines, line => line.Event == "GatewayLeft" && line.Text.Contains("g1", StringComparison.Ordinal));
        Assert.Equal(4, Log.Lines.Count(line => line.Event == "FabricLeft"));
    }

    [Fact]
    public async Task Two_gateways_of_one_name_are_told_by_each_of_them_once_F10()
    {
        var options = new GatewayOptions { Name = "twin", HeartbeatInterval = TimeSpan.FromMilliseconds(100), PresenceLimit = TimeSpan.FromSeconds(30) };
        await using var one = World.CreateGateway(options);
        await using var other = World.CreateGateway(options);
        await one.StartAsync();
        await other.StartAsync();

        await Eventually.TrueAsync(() => Log.Lines.Count(line => line.Event == "NameTwice") == 2, "both tell of it");

        // A registration is acknowledged by the other: it has heard of its namesake again since.
        await one.OpenSession().AnswerAsync("a", "x");
        await other.OpenSession().AnswerAsync("b", "x");
        Assert.Equal(2, Log.Lines.Count(line => line.Event == "NameTwice"));
        Assert.All(Log.Lines.Where(line => line.Event == "NameTwice"), line => Assert.Contains("twin", line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registration_that_the_broker_refuses_ends_with_an_error_of_ours_N3()
    {
        var gateway = await StartGatewayAsync("refused");
        var client = await ConnectAsync();
        // Another connection's own: 405.
        await client.Channel.QueueDeclareAsync(Names.HandlerQueue(MessagePath.Parse("taken")), durable: false, exclusive: true, autoDelete: false);

        var error = await Assert.ThrowsAnyAsync<MessagingException>(() => gateway.OpenSession().AnswerAsync("taken", "x"));

        Assert.Contains("'taken' cannot be bound.", error.Message, StringComparison.Ordinal);
        Assert.Contains("RESOURCE_LOCKED", error.Message, StringComparison.Ordinal);
        Assert.True(gateway.IsConnected);
    }

    [Fact]
    public async Task What_arrives_while_the_connections_are_replaced_finds_a_link_that_takes_nothing_N4()
    {
        var gateway = await StartGatewayAsync("between");
        var fabric = RabbitMqWorld.Fabric(gateway);
        GatewayLink? link = null;

        await Rabbit.ReconnectAsync(gateway, () => link = fabric.Link($"{Names.Gateway}.late"));

        Assert.True(link!.IsGone);
        Assert.DoesNotContain(Log.Lines, line => line.Text.Contains("No epoch", StringComparison.Ordinal) || line.Exception is not null);
    }
}
