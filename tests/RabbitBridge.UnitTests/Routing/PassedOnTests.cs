using System.Collections.Concurrent;
using System.Text;
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

    private void Receive(string asked) => Receive([asked], ["Floor"]);

    // As the sender's gateway writes it, which knew of a handler on a/b that asked for that.
    private void Receive(string[] asked, string[] has)
    {
        var properties = has.ToDictionary(static key => key, static key => key == "Department" ? "Accounts" : "3");
        var selection = Calls.PropertySelection.Of(asked);
        ((GatewayEngine)_gateway).Receiver.OnRequest(_link, new RequestEnvelope
        {
            Id = 5,
            Path = MessagePath.Parse("a/b"),
            Depth = 2,
            Sender = new SessionId(77, 1),
            Properties = selection.From(properties),
            AskedBeside = selection.Beside(properties),
            ContentType = ContentTypes.Text,
            Payload = Encoding.UTF8.GetBytes("x"),
        });
    }
}
