using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>
/// Clients that do not read, or say nothing any more, cost the gateway no more than it has set for them. Nothing runs beside these tests: they look at the memory of
/// the whole process.
/// </summary>
[CollectionDefinition(nameof(SlowClientTests), DisableParallelization = true)]
[Collection(nameof(SlowClientTests))]
public sealed class SlowClientTests : IAsyncLifetime
{
    private const int MaxQueueBytes = 256 * 1024;

    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _things = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_and_the_others_do_not_notice()
    {
        // Time enough for others to be answered meanwhile.
        var gateway = await StartAsync(new() { ["Remote:StallTimeout"] = "00:00:01" });
        var silent = Add(await SilentClient.ConnectAsync(gateway.Address));
        var sender = await ConnectAsync(gateway);
        var other = await ConnectAsync(gateway);
        await other.AnswerAsync("echo", "echo");
        // Not the sender: what waits to be sent may be as much at its side, too, and so its own requests may be refused there.
        var asker = await ConnectAsync(gateway);
        using var end = new CancellationTokenSource();
        var answered = 0;
        var asking = AskAgainAndAgainAsync(asker, () => answered++, end.Token);

        var before = Volatile.Read(ref answered);
        await FloodAsync(gateway, sender, silent.Id);

        // The session is closed only now. One may have been under way before the first that nobody takes up.
        Assert.True(Volatile.Read(ref answered) > before + 1, "Nobody else was answered beside the flood.");
        await end.CancelAsync();
        await asking;
        await silent.ReadToEndAsync();
        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.AskAsync(silent.Id, "a"));
    }

    [Fact]
    public async Task Clients_that_do_not_read_do_not_make_the_gateway_grow()
    {
        var gateway = await StartAsync([]);
        var sender = await ConnectAsync(gateway);
        // The first ones fill the pools of buffers, which stay.
        await FloodAsync(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await FloodAsync(100);

        // All of them are connected still, as far as they know, and each was sent more than the queue holds.
        const long Limit = 100 * MaxQueueBytes / 3;
        var grown = long.MaxValue;
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Yield();
                return (grown = GC.GetTotalMemory(forceFullCollection: true) - before) <= Limit;
            },
            () => $"after 100 more clients that do not read, for each of whom {MaxQueueBytes} bytes waited, there are at most {Limit} bytes more, but {grown}");

        async Task FloodAsync(int clients)
        {
            for (var i = 0; i < clients; i++)
            {
                gateway.Log.Clear();
                await SlowClientTests.FloodAsync(gateway, sender, Add(await SilentClient.ConnectAsync(gateway.Address)).Id);
            }
        }
    }

    [Fact]
    public async Task A_silent_client_loses_its_connection_and_then_its_session()
    {
        var gateway = await StartAsync(new() { ["Remote:KeepAlive"] = "00:00:01", ["Remote:ClientTimeout"] = "00:00:02", ["Remote:GracePeriod"] = "00:00:00.3" });
        var silent = Add(await SilentClient.ConnectAsync(gateway.Address));
        var other = await ConnectAsync(gateway);

        await Eventually.TrueAsync(() => IsClosed(gateway, silent.Id, SessionCloseReason.ConnectionLost), "the session is closed");

        Assert.Equal(1, gateway.SessionCount);
        await Assert.ThrowsAsync<NoSuchSessionException>(() => other.AskAsync(silent.Id, "a"));
        await silent.ReadToEndAsync();
    }

    // Requests that nobody takes up, until their session is closed for it.
    private static async Task FloodAsync(RemoteGateway gateway, IRemoteSession sender, SessionId target)
    {
        var text = new string('x', 16 * 1024);
        var requests = new List<Task<string>>();
        await Eventually.TrueAsync(
            () =>
            {
                for (var i = 0; i < 8; i++)
                    requests.Add(sender.AskAsync(target, "a", text));
                return IsClosed(gateway, target, SessionCloseReason.MessageQueueLimitReached);
            },
            "the session that does not read is closed");

        // Those that fill the queue end with the session; those after them were refused while it was there.
        var errors = await Task.WhenAll(requests.Select(request => Record.ExceptionAsync(() => request.WaitAsync(Eventually.Limit))));
        Assert.All(errors, error => Assert.IsAssignableFrom<MessagingException>(error));
        Assert.Contains(errors, error => error is OverloadedException);
        Assert.InRange(errors.Count(error => error is not OverloadedException), MaxQueueBytes / 2 / text.Length, int.MaxValue);
    }

    private static bool IsClosed(RemoteGateway gateway, SessionId session, SessionCloseReason reason) => gateway.Log.Lines.Any(line =>
        line.Event == "SessionClosed" && line.Text.Contains(session.ToString(), StringComparison.Ordinal) && line.Text.EndsWith($"{reason}", StringComparison.Ordinal));

    private static async Task AskAgainAndAgainAsync(IRemoteSession session, Action answered, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Assert.Equal("echo", await session.AskAsync("echo", cancellationToken: CancellationToken.None));
            answered();
        }
    }

    private async Task<RemoteGateway> StartAsync(Dictionary<string, string?> settings)
    {
        var all = new Dictionary<string, string?>(settings)
        {
            ["Remote:MaxQueueBytes"] = $"{MaxQueueBytes}",
            ["Security:AnonymousSessions:Allowed"] = "true",
        };
        all.TryAdd("Remote:StallTimeout", "00:00:00.1");
        var gateway = Add(new RemoteGateway(new GatewayOptions { Name = "a" }, _broker) { Settings = all });
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<IRemoteSession> ConnectAsync(RemoteGateway gateway) =>
        Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [gateway.Address] }));

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
