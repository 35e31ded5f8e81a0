using System.Collections.Concurrent;
using System.Text;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests.Routing;

/// <summary>A request that came for a handler that has left goes to the next one only with what that one asks for (D19).</summary>
public sealed class PassedOnTests : IAsyncLifetime
{
    private readonly IGateway _gateway = new InMemoryWorld().CreateGateway(new GatewayOptions { Name = "a" });
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly FakeLink _link = new("x");

    public async Task InitializeAsync()
    {
        await _gateway.StartAsync();
        await _gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>(
            "a",
            (_, context, _) =>
            {
                _handled.Enqueue(string.Join(',', context.SessionProperties.Select(property => $"{property.Key}={property.Value}")));
                return new("answer");
            },
            new RequestHandlerOptions { SessionProperties = ["Department"] });
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("Floor")]
    [InlineData("*F")]
    public async Task It_is_not_handled_without_a_property_that_nobody_has_asked_its_sender_for(string asked)
    {
        Receive(asked);

        await Eventually.TrueAsync(() => _link.Replies.Count == 1, "the request is answered");
        Assert.Equal(ErrorReason.ClusterRouting, _link.Replies.Single().Error);
        Assert.Empty(_handled);
    }

    [Theory]
    [InlineData("Department", "Department=Accounts", "Department")]
    [InlineData("", "", "Department", "Floor")]
    [InlineData("Department,Floor", "Department=Accounts", "*U")]
    [InlineData("", "", "*U")]
    public async Task It_is_handled_with_what_its_sender_has_of_it(string has, string expected, params string[] asked)
    {
        Receive(asked, has.Split(',', StringSplitOptions.RemoveEmptyEntries));

        await Eventually.TrueAsync(() => _link.Replies.Count == 1, "the request is answered");
        Assert.Null(_link.Replies.Single().Error);
        Assert.Equal(expected, Assert.Single(_handled));
    }

    [Fact]
    public async Task Another_handler_that_asks_for_less_takes_it()
    {
        for (var i = 0; i < 3; i++)
        {
            await _gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => new("other"));
            Receive("Floor");
        }

        await Eventually.TrueAsync(() => _link.Replies.Count == 3, "the requests are answered");
        Assert.All(_link.Replies, static reply => Assert.Equal("other", Encoding.UTF8.GetString(reply.Payload.Span)));
        Assert.Empty(_handled);
    }

    [Fact]
    public async Task One_that_is_taken_back_has_what_it_came_with()
    {
        var held = new HoldingHandler();
        var first = _gateway.OpenSession();
        await first.Messages.AddRequestHandlerAsync("a/b", held, new RequestHandlerOptions { SessionProperties = ["Department"], Redelivery = true });
        ((GatewayEngine)_gateway).Receiver.OnPublicRequest(new RecordingSink(), Request(["*U"], ["Department", "Floor"]));
        Assert.Equal(["Department"], (await held.ReceiveAsync(1)).Context!.SessionProperties.Keys);

        var next = new HoldingHandler();
        await _gateway.OpenSession().Messages.AddRequestHandlerAsync("a/b", next, new RequestHandlerOptions { SessionProperties = ["Floor"], Redelivery = true });
        await first.CloseAsync();

        Assert.Equal(["Floor"], (await next.ReceiveAsync(1)).Context!.SessionProperties.Keys);
    }

    private void Receive(string asked) => Receive([asked], ["Floor"]);

    private void Receive(string[] asked, string[] has) => ((GatewayEngine)_gateway).Receiver.OnRequest(_link, Request(asked, has));

    // As the sender's gateway writes it, which knew of a handler on a/b that asked for that.
    private static RequestEnvelope Request(string[] asked, string[] has)
    {
        var properties = has.ToDictionary(static key => key, static key => key == "Department" ? "Accounts" : "3");
        var selection = Calls.PropertySelection.Of(asked);
        return new RequestEnvelope
        {
            Id = 5,
            Path = MessagePath.Parse("a/b"),
            Depth = 2,
            Sender = new SessionId(77, 1),
            Properties = selection.From(properties),
            AskedBeside = selection.Beside(properties),
            ContentType = ContentTypes.Text,
            Payload = Encoding.UTF8.GetBytes("x"),
        };
    }
}
