using System.Collections.Concurrent;
using System.Text;
using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>What could not be read goes to the dead-letter exchange, where an operator may look at it.</summary>
[Collection(BrokerGroup.Name)]
public sealed class DeadLetterTests(BrokerFixture broker) : BadInputTest(broker)
{
    private static readonly string[] Bodies = ["to a handler", "no project message", "no answer", "no frame", "no frame either"];

    private readonly ConcurrentQueue<string> _dead = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var queue = await Client.ServeAsync(message =>
        {
            _dead.Enqueue($"{message.Exchange} {Encoding.UTF8.GetString(message.Body.Span)} {Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers!["x-first-death-reason"]!)}");
            return Task.CompletedTask;
        });
        await Client.Channel.QueueBindAsync(queue, Names.DeadLetter, "");
    }

    [Fact]
    public async Task Requests_that_cannot_be_read_are_dead_lettered_whatever_way_they_came()
    {
        await Client.PublishAsync(Names.Level(1), "a..b", Utf8("to a handler"));
        await Client.PublishAsync(Names.Project, Target.Name, Utf8("no project message"));
        await Client.PublishAsync(Names.Gateway, Inbox(Target), Utf8("no answer"));
        await SendToInboxAsync(Utf8("no frame"), properties => properties.ReplyTo = $"{Names.Gateway}.evil.0000000000000666-1");
        await SendToHandlerAsync(Utf8("no frame either"), properties => properties.ReplyTo = $"{Names.Gateway}.evil.0000000000000666-1");

        await Eventually.TrueAsync(() => _dead.Count == 5, "all five are dead-lettered");
        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.DeadLetter)).Messages == 5, "the queue of the contract has them too");
        Assert.Equal(
            Bodies.Select(text => $"{Names.DeadLetter} {text} rejected").Order(StringComparer.Ordinal),
            _dead.Order(StringComparer.Ordinal));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Of_a_flood_the_newest_thousand_stay()
    {
        for (var i = 0; i < 1200; i++)
            await Client.PublishAsync(Names.DeadLetter, "", Utf8($"{i}"));

        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.DeadLetter)).Messages == 1000, "a thousand are kept");
        var first = await Client.Channel.BasicGetAsync(Names.DeadLetter, autoAck: true);
        Assert.Equal("200", Encoding.UTF8.GetString(first!.Body.Span));
    }

    [Fact]
    public async Task A_gateways_own_traffic_is_not()
    {
        for (var i = 0; i < 200; i++)
            Assert.Equal("x!", await Other.OpenSession().AskAsync("a", "x"));
        await AssertUnharmedAsync();

        Assert.Empty(_dead);
    }
}
