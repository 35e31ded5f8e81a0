using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>A broker that is low on memory takes nothing from publishers, and they do not fill up in its place. On a broker of its own.</summary>
[Collection(AloneGroup.Name)]
public sealed class BlockedBrokerTests : IAsyncLifetime
{
    private readonly CapturingLogger _log = new();
    private TestBroker _broker = null!;
    private RabbitMqWorld _world = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _world = new RabbitMqWorld(new RabbitMqOptions { Uri = _broker.AmqpUri, FramesInFlight = 1 }, _log);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [OwnBrokerFact]
    public async Task Requests_are_refused_at_once_while_the_broker_is_blocked_and_none_runs_after_its_time_D4()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        // What is said is the time at which the caller gives up.
        var late = 0;
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (text, _, _) =>
        {
            if (Environment.TickCount64 > long.Parse(text.AsSpan(0, 20), System.Globalization.CultureInfo.InvariantCulture) + 500)
                Interlocked.Increment(ref late);
            return new("");
        });
        var sender = b.OpenSession();
        await AskAsync();
        var (epochOfA, epochOfB) = (Epoch(a), Epoch(b));

        await BlockAsync();
        var calls = new List<Task>();
        var refused = 0;
        await Eventually.TrueAsync(
            () =>
            {
                calls.Add(AskAsync());
                refused += calls[^1] is { IsFaulted: true, Exception.InnerException: OverloadedException } ? 1 : 0;
                return refused >= 100;
            },
            "100 requests are refused as they are sent");
        foreach (var call in calls)
            Assert.True(await Record.ExceptionAsync(() => call) is null or OverloadedException or RequestTimeOutException, $"{call.Exception}");
        var over = Environment.TickCount64 + 500;
        await Eventually.TrueAsync(() => Environment.TickCount64 > over, "whatever runs now is late");
        _log.Clear();
        await UnblockAsync();

        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(AskAsync) is null, "requests are answered again");
        Assert.DoesNotContain(_log.Lines, line => line.Exception is not null);
        // N4: one line or two of what could not be done meanwhile, and not one for each.
        Assert.InRange(_log.Lines.Count(line => line.Level >= LogLevel.Warning), 0, 4);
        Assert.Equal(0, late);
        Assert.Same(epochOfA, Epoch(a));
        Assert.Same(epochOfB, Epoch(b));
        Assert.DoesNotContain(_log.Lines, line => line.Event == "GatewayLost");

        Task AskAsync() => sender.AskAsync("a", $"{Environment.TickCount64 + 4000:d20}{new string('x', 10_000)}", new RequestOptions { Timeout = TimeSpan.FromSeconds(4) });
    }

    [OwnBrokerFact]
    public async Task What_was_never_sent_to_a_gateway_that_crashes_goes_to_another_one_D17()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await b.OpenSession().AnswerAsync("a/b", "b");
        await c.OpenSession().AnswerAsync("a", "c");
        var sender = a.OpenSession();
        Assert.Equal("b", await sender.AskAsync("a/b"));

        var calls = await SendBeforeTheBlockIsSeenAsync();
        await _world.CrashAsync(b);
        await UnblockAsync();

        var outcomes = await Task.WhenAll(calls.Select(async call => (Error: await Record.ExceptionAsync(() => call), Text: call.IsCompletedSuccessfully ? await call : null)));
        // The broker takes what a connection publishes first before it blocks it: a lone request, or a frame with some.
        var sent = outcomes.Count(outcome => outcome.Error is CommunicationFailureException);
        Assert.InRange(sent, 0, 20);
        Assert.All(outcomes, outcome => Assert.True(outcome.Text == "c" || outcome.Error is OverloadedException or CommunicationFailureException, $"{outcome.Text} {outcome.Error}"));
        Assert.InRange(outcomes.Count(outcome => outcome.Text == "c"), 1, 1000);

        // A heartbeat may have shown the gateway soon that it is blocked; then nearly all are refused, and it is tried again.
        async Task<Task<string>[]> SendBeforeTheBlockIsSeenAsync()
        {
            for (var attempt = 0; ; attempt++)
            {
                Assert.True(attempt < 20, "Nearly all requests are refused, each time.");
                await BlockAsync();
                var sent = Enumerable.Range(0, 1000).Select(_ => sender.AskAsync("a/b", new string('x', 10_000), new RequestOptions { Timeout = Eventually.Limit })).ToArray();
                if (sent.Count(call => !call.IsFaulted) > 30)
                    return sent;
                await UnblockAsync();
                await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => sender.AskAsync("a/b")) is null, "requests are answered again");
            }
        }
    }

    private static RabbitMq.LiveEpoch? Epoch(IGateway gateway) => RabbitMqWorld.Fabric(gateway).CurrentEpoch;

    private async Task<IGateway> StartAsync(string name)
    {
        var gateway = _world.CreateGateway(new GatewayOptions { Name = name });
        await gateway.StartAsync();
        return gateway;
    }

    private Task<string> BlockAsync() => _broker.RunControlCommandAsync("set_vm_memory_high_watermark", "0.000001");

    private Task<string> UnblockAsync() => _broker.RunControlCommandAsync("set_vm_memory_high_watermark", "0.4");
}
