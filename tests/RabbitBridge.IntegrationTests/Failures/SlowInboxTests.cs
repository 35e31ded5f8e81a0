using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>A gateway whose inbox is held up, or behind, hears nobody, and does not take the others for gone.</summary>
[Collection(BrokerGroup.Name)]
public sealed class SlowInboxTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_gateway_whose_inbox_is_held_up_does_not_take_the_others_for_gone()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri);
        await using var gateway = RabbitMqGateway.Create(
            new GatewayOptions { Name = "behind", DrainTimeout = TimeSpan.Zero, PresenceLimit = TimeSpan.FromSeconds(2) },
            new RabbitMqOptions { Uri = proxy.Uri, Prefix = Rabbit.Options.Prefix },
            logger: Log);
        await gateway.StartAsync();
        var handler = new HoldingHandler();
        var other = await StartGatewayAsync("other");
        await other.OpenSession().Messages.AddRequestHandlerAsync("held", handler, DataTypes.Text, DataTypes.Text);
        var asked = gateway.OpenSession().AskAsync("held");
        var held = await handler.ReceiveAsync();

        // Several times the limit, and less than a connection bears without a heartbeat.
        proxy.Hold(FaultScope.Consume, TimeSpan.FromSeconds(8));
        var until = Environment.TickCount64 + 7000;
        await Eventually.TrueAsync(() => Environment.TickCount64 > until || asked.IsCompleted, "the inbox has been held up for long");
        Assert.False(asked.IsCompleted);
        held.Responder.Respond("answer");

        Assert.Equal("answer", await asked);
        Assert.DoesNotContain(Log.Lines, line => line.Event is "GatewayLost" or "GatewayAway");
    }
}
