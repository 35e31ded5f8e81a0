using RabbitBridge.ContractTests;
using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>The broker goes and comes back: gateways wait for it, and everything is as before. On a broker of its own.</summary>
[Collection(AloneGroup.Name)]
public sealed class BrokerRestartTests : IAsyncLifetime
{
    private readonly CapturingLogger _log = new();
    private TestBroker _broker = null!;
    private RabbitMqWorld _world = null!;

    public async Task InitializeAsync()
    {
        // RabbitMQ 4.0 may not boot a second time with denied features (failed_to_deny_deprecated_features; rabbitmq-server#12840).
        _broker = await TestBroker.StartAsync(new TestBrokerOptions { DenyDeprecatedFeatures = false });
        _world = new RabbitMqWorld(new RabbitMqOptions { Uri = _broker.AmqpUri }, _log);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [OwnBrokerFact]
    public async Task Gateways_come_back_by_themselves_whatever_happens_to_the_broker()
    {
        await using var a = _world.CreateGateway(new GatewayOptions { Name = "a" });
        await using var b = _world.CreateGateway(new GatewayOptions { Name = "b" });
        await a.StartAsync();
        await b.StartAsync();
        var handler = a.OpenSession();
        await handler.AnswerAsync("a/b", "path");
        handler.AnswerOnStream("a", "stream");
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held);
        var sender = b.OpenSession();

        await AssertSurvivesAsync("restart", () => _broker.RestartAsync());
        // The node is killed for this one.
        await AssertSurvivesAsync("restart without data", () => _broker.RestartAsync(wipe: true));

        await Eventually.TrueAsync(() => a.PendingRequests == 0 && b.PendingRequests == 0, "nothing is pending");

        async Task AssertSurvivesAsync(string what, Func<Task> accident)
        {
            var before = held.Requests.Count;
            var inFlight = sender.AskAsync("held", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
            await held.ReceiveAsync(before + 1);

            await accident();

            await Assert.ThrowsAsync<CommunicationFailureException>(() => inFlight.WaitAsync(Eventually.Limit));
            await Eventually.TrueAsync(() => a.IsConnected && b.IsConnected && a.Gateways.Count == 1 && b.Gateways.Count == 1, $"the gateways know each other after: {what}");
            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => sender.AskAsync("a/b")) is null, $"requests are answered after: {what}");
            Assert.Equal("path", await sender.AskAsync("a/b/c"));
            Assert.Equal("stream", await sender.AskAsync(handler.Id, "a"));
            await using var client = await PlainClient.ConnectAsync(_broker.AmqpUri);
            // Handler queues are attached after everything else (docs/decisions.md, "A handler queue is no condition of anything else"): until then the request comes back.
            await Eventually.TrueAsync(
                async () => (await client.TryCallAsync("rb1.request", "a.b", default, properties => properties.ContentType = ContentTypes.Text))?.Text == "path",
                $"plain requests are answered after: {what}");
        }
    }
}
