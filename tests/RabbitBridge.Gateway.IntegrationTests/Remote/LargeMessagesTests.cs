using System.Collections.Concurrent;
using RabbitBridge.Gateways;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>Whatever a gateway lets pass passes through its clients, with the settings that it comes with; what is too much at a time is refused alone.</summary>
public sealed class LargeMessagesTests : IAsyncLifetime
{
    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _things = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Fact]
    public async Task A_request_and_an_answer_of_the_largest_size_reach_a_client_D8()
    {
        var gateway = await StartAsync([]);
        var handler = await ConnectAsync(gateway.Address);
        var caller = await ConnectAsync(gateway.Address);
        await handler.Messages.AddRequestHandlerAsync<byte[], byte[]>("echo", (bytes, _, _) => new(bytes));
        var largest = new byte[((GatewayEngine)gateway.Inner).Options.MaxMessageBytes];
        largest[^1] = 1;

        for (var i = 0; i < 3; i++)
            Assert.Equal(largest, await caller.Messages.SendRequestAsync<byte[], byte[]>("echo", largest, Patient));

        Assert.All([handler, caller], session => Assert.Equal(RemoteSessionState.Active, session.State));
    }

    [Fact]
    public async Task A_client_that_reads_gets_many_large_answers_at_once_S17()
    {
        var gateway = await StartAsync([]);
        var caller = await ConnectAsync(gateway.Address);
        var answer = new byte[500_000];
        await gateway.Inner.OpenSession().Messages.AddRequestHandlerAsync<string, byte[]>("large", (_, _, _) => new(answer));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
            await Record.ExceptionAsync(() => caller.Messages.SendRequestAsync<string, byte[]>("large", "", Patient))));

        Assert.All(outcomes, outcome => Assert.True(outcome is null or OverloadedException, $"{outcome}"));
        // As many as may wait at once, and those that were taken up meanwhile.
        Assert.InRange(outcomes.Count(outcome => outcome is null), 16 * 1024 * 1024 / answer.Length, 64);
        Assert.Equal(RemoteSessionState.Active, caller.State);
        Assert.Equal(answer, await caller.Messages.SendRequestAsync<string, byte[]>("large", "", Patient));
    }

    [Fact]
    public async Task A_client_gets_the_large_answers_of_all_sessions_that_its_filter_selects_D8()
    {
        const int Sessions = 60;
        var gateway = await StartAsync([]);
        var caller = await ConnectAsync(gateway.Address);
        var answer = new byte[1024 * 1024];
        for (var i = 0; i < Sessions; i++)
            gateway.Inner.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, byte[]>("large", (_, _, _) => new(answer));

        var seen = new HashSet<SessionId>();
        await foreach (var response in caller.Messages.SendRequestToFilterAsync<string, byte[]>("$Principal is 'p'", "large", "", Patient))
        {
            Assert.Equal(answer.Length, response.Response.Length);
            Assert.True(seen.Add(response.Session));
        }

        Assert.Equal(Sessions, seen.Count);
    }

    [Fact]
    public async Task What_waits_for_a_client_goes_when_it_gives_the_request_up_though_all_have_answered()
    {
        var gateway = await StartAsync([]);
        var caller = await ConnectAsync(gateway.Address);
        var answer = new byte[1024 * 1024];
        // Four may be under way to the client, and four ahead of these.
        for (var i = 0; i < 7; i++)
            gateway.Inner.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, byte[]>("large", (_, _, _) => new(answer));
        var work = ((GatewayEngine)gateway.Inner).Directory.All.Single(session => session.Id == caller.Id).Work;

        await foreach (var response in caller.Messages.SendRequestToFilterAsync<string, byte[]>("$Principal is 'p'", "large", "", Patient))
        {
            Assert.Equal(answer.Length, response.Response.Length);
            await Eventually.TrueAsync(() => gateway.PendingRequests == 0, "all answers are at the gateway");
            Assert.True(work.HasCalls);
            break;
        }

        await Eventually.TrueAsync(() => !work.HasCalls, "the gateway has nothing under way for the client");
    }

    [Fact]
    public async Task Many_at_the_same_moment_do_not_cost_an_idle_client_its_session_D8()
    {
        const int Bytes = 64 * 1024;
        var gateway = await StartAsync(new() { ["Remote:MaxQueueBytes"] = $"{Bytes}" }, maxMessageBytes: Bytes);
        var handler = await ConnectAsync(gateway.Address);
        await handler.Messages.AddRequestHandlerAsync<byte[], string>("take", (bytes, _, _) => new("taken"));
        var callers = Enumerable.Range(0, 8).Select(_ => gateway.Inner.OpenSession()).ToArray();

        var outcomes = await Task.WhenAll(callers.SelectMany(caller => Enumerable.Range(0, 200).Select(_ => Task.Run(
            () => Record.ExceptionAsync(() => caller.Messages.SendRequestAsync<byte[], string>("take", new byte[Bytes], Patient))))));

        Assert.All(outcomes, outcome => Assert.True(outcome is null or OverloadedException, $"{outcome}"));
        Assert.Contains(outcomes, outcome => outcome is null);
        Assert.Equal(RemoteSessionState.Active, handler.State);
    }

    [Fact]
    public async Task A_client_whose_network_stands_still_keeps_its_session_and_what_it_was_sent_D8()
    {
        var gateway = await StartAsync(new() { ["Remote:MaxQueueBytes"] = "1048576" });
        var proxy = Add(new CutProxy(gateway.Address));
        var handler = await ConnectAsync(proxy.Address);
        await handler.Messages.AddRequestHandlerAsync<byte[], string>("take", (bytes, _, _) => new($"{bytes.Length}"));
        var id = handler.Id;
        var caller = await ConnectAsync(gateway.Address);

        proxy.Freeze();
        var calls = new ConcurrentBag<Task<string>>();
        await Eventually.TrueAsync(
            () =>
            {
                calls.Add(caller.Messages.SendRequestAsync<byte[], string>("take", new byte[100_000], Patient));
                return calls.Any(call => call.Exception?.InnerException is OverloadedException);
            },
            "the client is full");
        proxy.Thaw();

        var outcomes = await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call)));
        Assert.All(outcomes, outcome => Assert.True(outcome is null or OverloadedException, $"{outcome}"));
        Assert.True(outcomes.Count(outcome => outcome is null) >= 10, "What there was room for was not executed.");
        Assert.Equal((id, RemoteSessionState.Active), (handler.Id, handler.State));
        Assert.Equal("1", await caller.Messages.SendRequestAsync<byte[], string>("take", [1], Patient));
    }

    private static RequestOptions Patient => new() { Timeout = Eventually.Limit };

    private async Task<RemoteGateway> StartAsync(Dictionary<string, string?> settings, int? maxMessageBytes = null)
    {
        var options = new GatewayOptions { Name = "a" };
        options.MaxMessageBytes = maxMessageBytes ?? options.MaxMessageBytes;
        var gateway = Add(new RemoteGateway(options, _broker)
        {
            Settings = new Dictionary<string, string?>(settings) { ["Security:AnonymousSessions:Allowed"] = "true" },
        });
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<IRemoteSession> ConnectAsync(Uri address) =>
        Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [address] }));

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
