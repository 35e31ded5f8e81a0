using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Topology;

/// <summary>The queues of the contract: when they come, what they are, and that they go.</summary>
[Collection(BrokerGroup.Name)]
public sealed class QueuesTests(BrokerFixture broker) : BrokerTest(broker)
{
    private const int NotFound = 404;
    private const int ResourceLocked = 405;
    private const int PreconditionFailed = 406;

    private Dictionary<string, object?> HandlerArguments => new()
    {
        ["x-queue-type"] = "classic",
        ["x-expires"] = 60_000,
        ["x-max-length"] = 10_000,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-exchange"] = Names.DeadLetter,
    };

    [Fact]
    public async Task A_handler_queue_is_shared_and_goes_with_its_last_handler()
    {
        var (a, b) = await StartTwoAsync();
        var view = await LookAsync();
        var queue = $"{Rabbit.Options.Prefix}.handler.a.b";
        Assert.Equal(NotFound, await view.FindQueueAsync(queue));

        var first = await a.OpenSession().AnswerAsync("a/b", "a");
        var second = await b.OpenSession().AnswerAsync("a/b", "b");

        Assert.Equal((0u, 2u), await view.CountAsync(queue));
        Assert.Equal(0, await DeclareAsync(view, queue, HandlerArguments));
        Assert.Equal(PreconditionFailed, await DeclareAsync(view, queue, null));
        await first.CloseAsync();
        Assert.Equal((0u, 1u), await view.CountAsync(queue));
        await second.CloseAsync();
        await Eventually.TrueAsync(async () => await view.FindQueueAsync(queue) == NotFound, "the queue is gone");
    }

    [Theory]
    [InlineData("/", "#")]
    [InlineData("a.b/*", "a%2Eb.%2A")]
    [InlineData("ünï", "ünï")]
    public async Task A_handler_queue_is_named_after_its_branch(string path, string key)
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync(path, "");
        var view = await LookAsync();

        Assert.Equal((0u, 1u), await view.CountAsync($"{Rabbit.Options.Prefix}.handler.{key}"));
    }

    [Fact]
    public async Task A_name_that_would_be_too_long_ends_in_a_hash()
    {
        var (a, b) = await StartTwoAsync();
        var path = new string('x', 253);
        await a.OpenSession().AnswerAsync(path, "reached");
        var view = await LookAsync();

        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Utf8(path)));
        Assert.Equal((0u, 1u), await view.CountAsync($"{Rabbit.Options.Prefix}.handler.~{hash}"));
        Assert.Equal("reached", await b.OpenSession().AskAsync(path));
    }

    [Fact]
    public async Task An_inbox_is_exclusive_and_a_new_one_for_every_epoch()
    {
        var a = await StartGatewayAsync("a");
        var view = await LookAsync();
        var first = Inbox(a);
        Assert.Equal($"{Rabbit.Options.Prefix}.gateway.a.{a.Instance:x16}-1", first);
        Assert.Equal(ResourceLocked, await view.FindQueueAsync(first));

        await Rabbit.ReconnectAsync(a);

        var second = Inbox(a);
        Assert.Equal($"{Rabbit.Options.Prefix}.gateway.a.{a.Instance:x16}-2", second);
        Assert.Equal(ResourceLocked, await view.FindQueueAsync(second));
        await Eventually.TrueAsync(async () => await view.FindQueueAsync(first) == NotFound, "the first inbox is gone");
    }

    [Fact]
    public async Task Nothing_but_exchanges_and_dead_letters_is_left_when_the_gateways_have_stopped()
    {
        var (a, b, c) = await StartThreeAsync();
        var queues = new[] { a, b, c }.Select(Inbox).ToList();
        foreach (var path in new[] { "/", "a", "a/b" })
        {
            foreach (var gateway in new[] { a, b })
                await gateway.OpenSession().AnswerAsync(path, path);
            queues.Add(Names.HandlerQueue(MessagePath.Parse(path)));
        }

        await c.OpenSession().AskAsync("a/b/c");
        await Task.WhenAll(a.StopAsync(), b.StopAsync(), c.StopAsync());

        var view = await LookAsync();
        foreach (var queue in queues)
            await Eventually.TrueAsync(async () => await view.FindQueueAsync(queue) == NotFound, $"{queue} is gone");
        if (Broker.Broker.Kind != RabbitBridge.Testing.TestBrokerKind.External)
        {
            var all = await Broker.Broker.RunControlCommandAsync("list_queues", "name", "--quiet", "--no-table-headers");
            var own = all.Split('\n', StringSplitOptions.TrimEntries).Where(name => name.StartsWith($"{Rabbit.Options.Prefix}.", StringComparison.Ordinal));
            Assert.Equal([Names.DeadLetter], own);
        }

        var client = await ConnectAsync();
        Assert.False(await client.PublishAsync(Names.Request, "a.b", default));
    }

    [Fact]
    public async Task A_gateway_that_crashes_takes_its_queues_along()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "");
        var inbox = Inbox(a);
        var view = await LookAsync();

        await Rabbit.CrashAsync(a);

        foreach (var queue in new[] { inbox, Names.HandlerQueue(MessagePath.Parse("a")) })
            await Eventually.TrueAsync(async () => await view.FindQueueAsync(queue) == NotFound, $"{queue} is gone");
        Assert.True(b.IsConnected);
    }

    private static Task<int> DeclareAsync(BrokerView view, string queue, Dictionary<string, object?>? arguments) =>
        view.TryAsync(channel => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: true, arguments));
}
