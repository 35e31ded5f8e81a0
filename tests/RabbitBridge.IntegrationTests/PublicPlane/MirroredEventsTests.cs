using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace RabbitBridge.IntegrationTests.PublicPlane;

/// <summary>What gateways publish for services that only listen.</summary>
[Collection(BrokerGroup.Name)]
public sealed class MirroredEventsTests(BrokerFixture broker) : BrokerTest(broker)
{
    private readonly ConcurrentQueue<(string Key, JsonElement Event)> _events = new();

    [Fact]
    public async Task Sessions_are_told_after_each_change()
    {
        var a = await StartGatewayAsync("a", options => options.MirrorSessions = true);
        await ListenAsync("session.#");
        var session = a.OpenSession(new SessionOptions { Principal = "bob" });
        await session.Sessions.SetPropertiesAsync(session.Id, new Dictionary<string, string?> { ["Floor"] = "2" });
        await session.CloseAsync();

        await Eventually.TrueAsync(() => _events.Count == 3, "three events have come");
        Assert.Equal(["session.open.a", "session.open.a", "session.closed.a"], _events.Select(each => each.Key));
        var events = _events.Select(each => each.Event).ToArray();
        Assert.All(events, each => Assert.Equal((session.Id.ToString(), "a"), (each.GetProperty("session").GetString(), each.GetProperty("gateway").GetString())));
        Assert.Equal("bob", events[0].GetProperty("properties").GetProperty("$Principal").GetString());
        Assert.Equal("2", events[1].GetProperty("properties").GetProperty("Floor").GetString());
        Assert.Equal(("closed", "ClosedByClient"), (events[2].GetProperty("state").GetString(), events[2].GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Project_messages_are_told_where_they_are_delivered()
    {
        var (a, b) = await StartTwoAsync(options => options.MirrorProjectMessages = true);
        await Eventually.TrueAsync(() => a.Gateways.Count == 1, "the gateways know each other");
        await ListenAsync("project.X%2EY.#");
        var sender = a.OpenSession(new SessionOptions { Principal = "bob", Roles = ["operator"] });

        b.Projects.AddMessageHandler("X.Y", "my/handler", new FunctionMessageHandler(_ => { }));
        // Nobody gets the first one.
        await sender.Projects.SendMessageAsync("X.Y", "other", new { tea = 1 }, remoteServers: ["b"]);
        await sender.Projects.SendMessageAsync("X.Y", "my/handler", new { tea = 2 }, remoteServers: ["b"]);
        await sender.Projects.SendMessageAsync("other", "h");

        await Eventually.TrueAsync(() => _events.Count == 1, "the event has come");
        var (key, what) = Assert.Single(_events);
        Assert.Equal("project.X%2EY.my/handler", key);
        Assert.Equal(
            $$$"""{"project":"X.Y","messageHandler":"my/handler","gateway":"b","sender":"{{{sender.Id}}}","principal":"bob","roles":["operator"],"payload":{"tea":2}}""", what.GetRawText());
    }

    [Fact]
    public async Task By_default_nothing_is_told_and_nobody_need_listen()
    {
        var a = await StartGatewayAsync("a");
        var b = await StartGatewayAsync("b", options => options.MirrorSessions = options.MirrorProjectMessages = true);
        foreach (var gateway in new[] { a, b })
            gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ => { }));
        // Nobody listens yet.
        await b.OpenSession().CloseAsync();
        await b.PingAsync();
        await ListenAsync("#");
        foreach (var gateway in new[] { a, b })
        {
            var session = gateway.OpenSession();
            await session.Projects.SendMessageAsync("X", "h");
            await session.CloseAsync();
        }

        await Eventually.TrueAsync(() => _events.Count(each => each.Event.GetProperty("gateway").GetString() == "b") == 3, "the other gateway's have come");
        Assert.Equal(["project.X.h", "session.closed.b", "session.open.b"], _events.Select(each => each.Key).Order(StringComparer.Ordinal));
    }

    private async Task ListenAsync(string key)
    {
        var client = await ConnectAsync();
        var queue = await client.ServeAsync(message =>
        {
            _events.Enqueue((message.RoutingKey, JsonDocument.Parse(Encoding.UTF8.GetString(message.Body.Span)).RootElement));
            return Task.CompletedTask;
        });
        await client.Channel.QueueBindAsync(queue, Names.Event, key);
    }
}
