using RabbitBridge.ContractTests;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.IntegrationTests.Topology;

/// <summary>The exchanges of the contract, and what their chain does.</summary>
[Collection(BrokerGroup.Name)]
public sealed class ExchangesTests(BrokerFixture broker) : BrokerTest(broker)
{
    private const int PreconditionFailed = 406;

    [Fact]
    public async Task The_exchanges_are_those_of_the_contract()
    {
        await StartGatewayAsync("a");
        var view = await LookAsync();

        // A second declaration succeeds only if kind, durability and alternate exchange are the same.
        Assert.Equal(0, await DeclareAsync(view, Names.Request, "topic", Names.Level(16)));
        for (var depth = 16; depth > 0; depth--)
            Assert.Equal(0, await DeclareAsync(view, Names.Level(depth), "topic", Names.Level(depth - 1)));
        Assert.Equal(0, await DeclareAsync(view, Names.Level(0), "topic", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Gateway, "direct", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Filter, "headers", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Session, "topic", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Presence, "fanout", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Project, "direct", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Service, "headers", null));
        Assert.Equal(0, await DeclareAsync(view, Names.Event, "topic", null));
        Assert.Equal(0, await DeclareAsync(view, Names.DeadLetter, "fanout", null));

        Assert.Equal(PreconditionFailed, await DeclareAsync(view, Names.Level(3), "topic", Names.Level(1)));
        Assert.Equal(PreconditionFailed, await DeclareAsync(view, Names.Level(0), "direct", null));
        Assert.Equal(PreconditionFailed, await view.TryAsync(channel => channel.ExchangeDeclareAsync(Names.Gateway, "direct", durable: false, autoDelete: false)));
    }

    [Fact]
    public async Task A_request_falls_through_the_levels_to_the_most_specific_binding_and_to_one_queue()
    {
        await StartGatewayAsync("a");
        var client = await ConnectAsync();
        var received = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var queues = new Dictionary<int, (string Queue, string Key)>();
        foreach (var (depth, key) in new[] { (0, "#"), (1, "a.#"), (3, "a.b.c.#") })
        {
            var queue = await client.ServeAsync(_ =>
            {
                received.Enqueue(depth);
                return Task.CompletedTask;
            });
            queues.Add(depth, (queue, key));
            await client.Channel.QueueBindAsync(queue, Names.Level(depth), key);
        }

        await AssertTakenByAsync("a.b.c", 3);
        await AssertTakenByAsync("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r", 3);
        await AssertTakenByAsync("a.b", 1);
        await AssertTakenByAsync("ab.b.c", 0);
        await UnbindAsync(3);
        await AssertTakenByAsync("a.b.c", 1);
        await UnbindAsync(1);
        await AssertTakenByAsync("a.b.c", 0);
        await UnbindAsync(0);
        Assert.False(await client.PublishAsync(Names.Request, "a.b.c", default));

        async Task AssertTakenByAsync(string key, int depth)
        {
            Assert.True(await client.PublishAsync(Names.Request, key, default));
            await Eventually.TrueAsync(() => !received.IsEmpty, $"{key} has arrived");
            Assert.True(received.TryDequeue(out var first));
            Assert.Equal(depth, first);
            // Had another queue got it too, it would be here by the time a later message is.
            Assert.True(await client.PublishAsync("", queues[depth].Queue, default));
            await Eventually.TrueAsync(() => !received.IsEmpty, "the later message has arrived");
            Assert.Equal([depth], received);
            received.Clear();
        }

        async Task UnbindAsync(int depth) => await client.Channel.QueueUnbindAsync(queues[depth].Queue, Names.Level(depth), queues[depth].Key);
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a.b.c", 3)]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", 16)]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r", 16)]
    public async Task A_request_enters_at_the_level_of_its_own_depth(string key, int depth)
    {
        await StartGatewayAsync("a");
        var client = await ConnectAsync();
        var received = new TaskCompletionSource();
        var queue = await client.ServeAsync(_ =>
        {
            received.TrySetResult();
            return Task.CompletedTask;
        });

        if (depth < 16)
        {
            await client.Channel.QueueBindAsync(queue, Names.Level(depth + 1), "#");
            Assert.False(await client.PublishAsync(Names.Request, key, default));
        }

        await client.Channel.QueueBindAsync(queue, Names.Level(depth), "#");
        Assert.True(await client.PublishAsync(Names.Request, key, default));
        await received.Task.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Bridges_with_different_prefixes_do_not_see_each_other()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync("a", "here");
        await using var other = RabbitMqGateway.Create(new GatewayOptions { Name = "a" }, Broker.Options());
        await other.StartAsync();

        Assert.Empty(other.Gateways);
        Assert.Empty(other.Routes);
        await Assert.ThrowsAsync<UnhandledMessageException>(() => other.OpenSession().AskAsync("a"));
    }

    private static Task<int> DeclareAsync(BrokerView view, string name, string type, string? alternate) => view.TryAsync(channel => channel.ExchangeDeclareAsync(
        name, type, durable: true, autoDelete: false, alternate is null ? null : new Dictionary<string, object?> { ["alternate-exchange"] = alternate }));
}
