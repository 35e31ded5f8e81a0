using System.Collections.Concurrent;
using System.Text.Json;

namespace RabbitBridge.IntegrationTests.PublicPlane;

/// <summary>Services that know only AMQP send project messages.</summary>
[Collection(BrokerGroup.Name)]
public sealed class PlainProjectMessageTests(BrokerFixture broker) : BrokerTest(broker)
{
    private readonly ConcurrentQueue<string> _heard = new();

    [Fact]
    public async Task A_message_goes_to_the_gateway_named_and_its_receipts_come_back()
    {
        var (a, b) = await StartTwoAsync();
        foreach (var gateway in new[] { a, b })
            gateway.Projects.AddMessageHandler("X", "h", Hearing(gateway.Name));
        var client = a.OpenSession(new SessionOptions { Project = "X", HostName = "desk" });
        await client.Projects.AddMessageHandlerAsync("h", Hearing("client"));
        var caller = await ConnectAsync();

        var reply = await SendAsync(caller, "a", """{"tea":2}""", ("rb-project", "X"), ("rb-message-handler", "h"));

        Assert.Equal(("ok", "application/json", "a"), (reply.Status, reply.ContentType, reply.Count.Gateway));
        var receipts = JsonDocument.Parse(reply.Text).RootElement.EnumerateArray().ToArray();
        Assert.Equal(["SENT", "SENT"], receipts.Select(receipt => receipt.GetProperty("status").GetString()));
        Assert.False(receipts[0].TryGetProperty("session", out _));
        Assert.Equal((client.Id.ToString(), "desk"), (receipts[1].GetProperty("session").GetString(), receipts[1].GetProperty("host").GetString()));
        await Eventually.TrueAsync(() => _heard.Count == 2, "both have heard it");
        Assert.Equal(["""a {"tea":2}""", """client {"tea":2}"""], _heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_is_narrowed_by_headers_and_goes_to_every_gateway_by_a_star()
    {
        var (a, b) = await StartTwoAsync();
        foreach (var (gateway, user) in new[] { (a, "bob"), (a, "ann"), (b, "bob") })
        {
            var session = gateway.OpenSession(new SessionOptions { Project = "X", Principal = user });
            await session.Projects.AddMessageHandlerAsync("h", Hearing($"{gateway.Name} {user}"));
        }

        var caller = await ConnectAsync();
        Assert.True(await caller.PublishAsync(Names.Project, "*", Utf8("{}"), properties => properties.Headers = new Dictionary<string, object?>
        {
            ["rb-project"] = "X",
            ["rb-message-handler"] = "h",
            ["rb-user"] = "bob",
        }));

        await Eventually.TrueAsync(() => _heard.Count == 2, "both have heard it");
        Assert.Equal(["a bob {}", "b bob {}"], _heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_request_is_answered_by_the_gateways_handler()
    {
        var a = await StartGatewayAsync("a");
        a.Projects.AddMessageHandler("X", "sum", new FunctionMessageHandler((message, _) => Task.FromResult<object?>(message.Payload.GetProperty("n").GetInt32() + 1)));
        a.Projects.AddMessageHandler("X", "throws", new FunctionMessageHandler(_ => throw new FormatException("secret")));
        var caller = await ConnectAsync();

        Assert.Equal(("ok", "3"), Outcome(await AskAsync("sum", """{"n":2}""")));
        Assert.Equal("CALLBACK_EXCEPTION", (await AskAsync("throws", "{}")).Error);
        Assert.Equal("UNHANDLED_MESSAGE", (await AskAsync("none", "{}")).Error);

        static (string? Status, string Text) Outcome(PlainReply reply) => (reply.Status, reply.Text);

        Task<PlainReply> AskAsync(string handler, string json) => caller.CallAsync(Names.Project, "a", Utf8(json), properties =>
        {
            properties.Type = "request";
            properties.Headers = new Dictionary<string, object?> { ["rb-project"] = "X", ["rb-message-handler"] = handler };
        });
    }

    [Fact]
    public async Task What_is_no_message_is_answered_with_INVALID_DATA()
    {
        await StartGatewayAsync("a");
        var caller = await ConnectAsync();

        foreach (var (body, headers) in new[]
        {
            ("{}", new[] { ("rb-project", "X") }),
            ("{}", [("rb-project", " "), ("rb-message-handler", "h")]),
            ("{}", [("rb-project", "X"), ("rb-message-handler", "h"), ("rb-scope", "S")]),
            ("[]", [("rb-project", "X"), ("rb-message-handler", "h")]),
            ("{", [("rb-project", "X"), ("rb-message-handler", "h")]),
            ("{} {}", [("rb-project", "X"), ("rb-message-handler", "h")]),
        })
        {
            var reply = await SendAsync(caller, "a", body, headers);
            Assert.Equal(("error", "INVALID_DATA", "a"), (reply.Status, reply.Error, reply.Count.Gateway));
        }

        var number = await caller.CallAsync(Names.Project, "a", Utf8("{}"), properties =>
            properties.Headers = new Dictionary<string, object?> { ["rb-project"] = "X", ["rb-message-handler"] = "h", ["rb-user"] = 42 });
        Assert.Equal(("error", "INVALID_DATA"), (number.Status, number.Error));
        Assert.Contains("The header rb-user is no text.", number.Text, StringComparison.Ordinal);
        Assert.False(await caller.PublishAsync(Names.Project, "nobody", Utf8("{}")));
    }

    private FunctionMessageHandler Hearing(string name) => new(message => _heard.Enqueue($"{name} {message.Payload}"));

    private Task<PlainReply> SendAsync(PlainClient caller, string gateway, string json, params (string Name, string Value)[] headers) =>
        caller.CallAsync(Names.Project, gateway, Utf8(json), properties => properties.Headers = headers.ToDictionary(header => header.Name, object? (header) => header.Value));
}
