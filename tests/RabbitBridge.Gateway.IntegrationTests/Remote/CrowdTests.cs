using System.Diagnostics.Metrics;
using System.Text.Json;
using RabbitBridge.ContractTests;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>Many clients that each keep to their limits: together they leave something for others.</summary>
public sealed class CrowdTests : IAsyncLifetime
{
    private const int MaxTotalBytes = 16 * 1024 * 1024;
    private const int Crowd = 30;

    private readonly List<IAsyncDisposable> _things = [];
    private readonly List<RawClient> _crowd = [];
    private RemoteGateway _gateway = null!;
    private IRemoteSession _other = null!;

    public async Task InitializeAsync()
    {
        _gateway = Add(new RemoteGateway(new GatewayOptions { Name = "a", MaxMessageBytes = MaxTotalBytes / 4, MaxOutstandingRequests = 10_000 }, new InMemoryBroker())
        {
            Settings = new Dictionary<string, string?> { ["Remote:MaxTotalBytes"] = $"{MaxTotalBytes}", ["Remote:StallTimeout"] = "00:10:00" },
        });
        await _gateway.StartAsync();
        for (var i = 0; i < Crowd; i++)
        {
            _crowd.Add(Add(await RawClient.ConnectAsync(_gateway.Address)));
            await _crowd[i].OpenAsync(new OpenRequest { Project = "X" });
            await _crowd[i].SendAsync(new RemoteMessage(RemoteMessageType.AddMessageHandler, 1) { Text = "h" });
            await _crowd[i].ReceiveAsync(RemoteMessageType.Response, 1);
        }

        _other = await ConnectAsync("other");
    }

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Fact]
    public async Task Messages_that_nobody_acknowledges_do_not_fill_the_gateway()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _other.Projects.AddMessageHandlerAsync("h", message => received.TrySetResult(message.Payload.GetProperty("Text").GetString()!));
        var sender = await ConnectAsync("sender");
        var large = new { Text = new string('x', MaxTotalBytes / 10) };
        var statuses = new List<SendStatus>();

        for (var i = 0; i < 20; i++)
            statuses.AddRange((await sender.Projects.SendMessageAsync("X", "h", large, new MessageSelection { Scope = MessageScope.Clients, User = "" })).Select(receipt => receipt.Status));

        Assert.Equal([SendStatus.Sent, SendStatus.Overloaded], statuses.Distinct());
        Assert.InRange(Waiting(), MaxTotalBytes / 2, MaxTotalBytes + (Crowd * RemoteLink.MostUnacknowledged));
        // It is asked for far less than is left.
        var receipts = await sender.Projects.SendMessageAsync("X", "h", new { Text = new string('y', 50_000) }, new MessageSelection { Scope = MessageScope.Clients, User = "other" });
        Assert.Equal(SendStatus.Sent, Assert.Single(receipts).Status);
        Assert.Equal(50_000, (await received.Task.WaitAsync(Eventually.Limit)).Length);

        await LeaveAsync();
    }

    [Fact]
    public async Task Requests_that_nobody_answers_leave_room_for_those_of_others()
    {
        var handler = await _gateway.OpenSessionAsync();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)new HoldingHandler());
        await handler.AnswerAsync("echo", "echo");

        foreach (var client in _crowd.Take(6))
        {
            for (var first = 2; first < 3402; first += 100)
            {
                await client.SendAsync(
                    [.. Enumerable.Range(first, 100).Select(static id => new RemoteMessage(RemoteMessageType.Request, id) { Path = "held", Milliseconds = 0, ContentType = ContentTypes.Text })]);
            }

            await client.ReceiveAsync(RemoteMessageType.Error, 3401);
        }

        var refused = _crowd[5].Messages.First(message => message.Type == RemoteMessageType.Error);
        Assert.Equal(ErrorReason.Overloaded, (ErrorReason)refused.Reason);
        Assert.Contains("MaxOutstandingRequests", refused.Text, StringComparison.Ordinal);
        Assert.InRange(_gateway.PendingRequests, 8000, 9900);
        Assert.Equal("echo", await _other.AskAsync("echo"));
    }

    [Fact]
    public async Task Requests_to_projects_are_counted_with_all_others()
    {
        var (answer, asked) = (new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        using var registration = _gateway.Projects.AddMessageHandler("X", "held", new Held(() =>
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }));
        var what = JsonSerializer.Serialize(new RemoteProjectSend { Project = "X", Handler = "held", IsRequest = true, Milliseconds = 0 }, RemoteJson.Default.RemoteProjectSend);
        var client = _crowd[0];

        for (var id = 2; id < 42; id++)
            await client.SendAsync(new RemoteMessage(RemoteMessageType.ProjectSend, id) { Text = what, Payload = JsonSerializer.SerializeToUtf8Bytes(new { Text = new string('x', 200_000) }) });
        await client.ReceiveAsync(RemoteMessageType.Error, 41);

        Assert.Contains("MaxTotalBytes", client.Messages.First(message => message.Type == RemoteMessageType.Error).Text, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) > 0, "the first is being handled");
        answer.SetResult("done");
        await client.ReceiveAsync(RemoteMessageType.Response, 2);
        var taken = Enumerable.Range(2, 40).Except(client.Messages.Where(message => message.Type == RemoteMessageType.Error).Select(message => (int)message.Id)).ToArray();
        Assert.InRange(taken.Length, 3, 35);
        foreach (var id in taken)
            await client.ReceiveAsync(RemoteMessageType.Response, id);
        await client.SendAsync(new RemoteMessage(RemoteMessageType.ProjectSend, 50) { Text = what, Payload = JsonSerializer.SerializeToUtf8Bytes(new { }) });
        await client.ReceiveAsync(RemoteMessageType.Response, 50);
        await LeaveAsync();
    }

    [Fact]
    public async Task What_a_client_says_of_a_project_message_is_counted_with_it()
    {
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _gateway.Projects.AddMessageHandler("X", "held", new Held(() => answer.Task));
        var what = JsonSerializer.Serialize(new RemoteProjectSend { Project = "X", Handler = "held", IsRequest = true, Milliseconds = 0 }, RemoteJson.Default.RemoteProjectSend);

        for (var id = 2; id < 42; id++)
            await _crowd[0].SendAsync(new RemoteMessage(RemoteMessageType.ProjectSend, id) { Text = what + new string(' ', 200_000), Payload = "{}"u8.ToArray() });

        Assert.Contains("MaxTotalBytes", (await _crowd[0].ReceiveAsync(RemoteMessageType.Error, 41)).Text, StringComparison.Ordinal);
        answer.SetResult("done");
        await _crowd[0].ReceiveAsync(RemoteMessageType.Response, 2);
        await LeaveAsync();
    }

    [Fact]
    public async Task Answers_that_wait_for_a_client_to_take_up_others_are_counted()
    {
        var handler = await _gateway.OpenSessionAsync();
        var held = new HoldingHandler();
        handler.Messages.SetRequestStream("s", (IRequestStream<string, string>)held);
        var client = _crowd[0];
        // As many as go out before the client says that it has room, and then some.
        for (var id = 2; id < 22; id++)
            await client.SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, id) { Filter = $"$SessionId is '{handler.Id}'", Path = "s", ContentType = ContentTypes.Text, Milliseconds = 0 });
        await held.ReceiveAsync(20);
        held.AnswerAll(new string('x', MaxTotalBytes / 10));

        await client.ReceiveAsync(RemoteMessageType.FilterAnswer, 2);
        await Eventually.TrueAsync(() => client.Messages.Count(message => message.Type is RemoteMessageType.FilterAnswer or RemoteMessageType.FilterError) == 20, "each has an outcome");
        Assert.All(
            client.Messages.Where(message => message.Type == RemoteMessageType.FilterError),
            message => Assert.Equal(ErrorReason.Overloaded, (ErrorReason)message.Reason));
        Assert.InRange(Waiting(), MaxTotalBytes / 4, MaxTotalBytes);
        await LeaveAsync();
    }

    // What was counted for those who have gone is not any more, whatever they had.
    private async Task LeaveAsync()
    {
        await Task.WhenAll(_crowd.Select(client => client.SendAsync(new RemoteMessage(RemoteMessageType.Close))));
        await Task.WhenAll(_crowd.Select(client => client.Closed));
        await Task.WhenAll(_things.OfType<IRemoteSession>().Select(session => session.CloseAsync()));
        await Eventually.TrueAsync(() => _gateway.ClientBytes == 0, "nothing is counted any more");
    }

    private async Task<IRemoteSession> ConnectAsync(string principal) =>
        Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [_gateway.Address], Principal = principal, Password = "[]", Project = "X" }));

    private long Waiting()
    {
        var waiting = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == _gateway.Meter && instrument.Name == "rabbitbridge.remote.waiting")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => waiting = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return waiting;
    }

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }

    private sealed class Held(Func<Task<object?>> handle) : IMessageHandler
    {
        public async Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken) => await handle();
    }
}
