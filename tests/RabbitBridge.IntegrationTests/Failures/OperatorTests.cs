using RabbitBridge.ContractTests;
using RabbitMQ.Client;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>What an operator may do at the broker while gateways run: they mend it by themselves.</summary>
[Collection(AloneGroup.Name)]
public sealed class OperatorTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_handler_queue_that_is_deleted_is_declared_and_consumed_again()
    {
        var (a, b) = await StartTwoAsync();
        foreach (var gateway in new[] { a, b })
            await gateway.OpenSession().AnswerAsync("a", "answer");
        var client = await ConnectAsync();
        var queue = Names.HandlerQueue(MessagePath.Parse("a"));

        for (var i = 0; i < 3; i++)
        {
            await client.Channel.QueueDeleteAsync(queue);

            var view = await LookAsync();
            await Eventually.TrueAsync(
                async () => await view.FindQueueAsync(queue) == 0 && (await view.CountAsync(queue)).Consumers == 2, "both gateways consume the queue again");
            var reply = await client.CallAsync(Names.Request, "a", Utf8(""), properties => properties.ContentType = ContentTypes.Text);
            Assert.Equal("answer", reply.Text);
        }

        // Nothing else was replaced.
        Assert.EndsWith("-1", Inbox(a), StringComparison.Ordinal);
        Assert.EndsWith("-1", Inbox(b), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_between_gateways_do_not_notice_that_a_handler_queue_is_deleted()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "answer");
        var sender = b.OpenSession();
        var client = await ConnectAsync();

        await client.Channel.QueueDeleteAsync(Names.HandlerQueue(MessagePath.Parse("a")));

        for (var i = 0; i < 50; i++)
            Assert.Equal("answer", await sender.AskAsync("a"));
    }

    [OwnBrokerFact]
    public async Task An_inbox_that_is_deleted_is_replaced()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "answer");

        // Exclusive or not: rabbitmqctl deletes any queue.
        await Broker.Broker.RunControlCommandAsync("delete_queue", Inbox(a));

        await Eventually.TrueAsync(() => RabbitMqWorld.Fabric(a).CurrentEpoch?.Address.EndsWith("-2", StringComparison.Ordinal) == true, "the next inbox");
        await AssertWorksAsync(b);
    }

    [OwnBrokerFact]
    public async Task Connections_that_are_closed_are_replaced()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "answer");

        await Broker.Broker.RunControlCommandAsync("close_all_connections", "the operator closes everything");

        await Eventually.TrueAsync(() => HasNextEpoch(a) && HasNextEpoch(b), "both gateways are connected anew");
        await AssertWorksAsync(b);
    }

    [Fact]
    public async Task An_exchange_that_is_deleted_costs_an_epoch_and_no_more()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "answer");
        var client = await ConnectAsync();

        // Publishing to an exchange that does not exist closes the channel; the next epoch declares it.
        await client.Channel.ExchangeDeleteAsync(Names.Gateway);

        // Both: an inbox that was bound to it is bound no more. Plain requests go through between the two, and one may be under way when the second comes.
        await Eventually.TrueAsync(() => HasNextEpoch(a) && HasNextEpoch(b), "both gateways are connected anew");
        await AssertWorksAsync(b);
    }

    private static bool HasNextEpoch(IGateway gateway) => RabbitMqWorld.Fabric(gateway).CurrentEpoch?.Address.EndsWith("-1", StringComparison.Ordinal) == false;

    private static async Task AssertWorksAsync(IGateway gateway)
    {
        var sender = gateway.OpenSession();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => sender.AskAsync("a", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(2) })) is null,
            "the handler answers again", 30);
        for (var i = 0; i < 10; i++)
            Assert.Equal("answer", await sender.AskAsync("a"));
    }
}
