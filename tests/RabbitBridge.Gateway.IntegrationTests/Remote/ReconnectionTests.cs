using System.Collections.Concurrent;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>Connections and gateways are lost, and sessions go on.</summary>
public sealed class ReconnectionTests : IAsyncLifetime
{
    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _things = [];
    private RemoteGateway _a = null!;
    private RemoteGateway _b = null!;

    public async Task InitializeAsync()
    {
        _a = await StartAsync("a");
        _b = await StartAsync("b");
    }

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Fact]
    public async Task A_session_goes_on_after_a_short_loss_and_nothing_that_was_under_way_is_lost()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var handler = await ConnectAsync(proxy.Address);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", held);
        handler.AnswerOnStream("stream", "answered");
        var sender = await ConnectAsync(_b.Address);
        var underWay = sender.AskAsync("held");
        var request = await held.ReceiveAsync();
        var id = handler.Id;

        proxy.Cut();
        await Eventually.TrueAsync(() => handler.State == RemoteSessionState.Disconnected, "the loss is seen");
        var waiting = sender.AskAsync(id, "stream");
        request.Responder.Respond("late");
        proxy.Mend();

        Assert.Equal("answered", await waiting);
        Assert.Equal("late", await underWay);
        Assert.Equal((id, RemoteSessionState.Reconnected), (handler.Id, handler.State));
        Assert.False(handler.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task A_client_that_another_session_closes_while_it_has_no_connection_does_not_come_again()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var client = await ConnectAsync(proxy.Address);
        await client.AnswerAsync("answer", "still here");
        var other = await ConnectAsync(_b.Address);
        proxy.Cut();
        await Eventually.TrueAsync(() => client.State == RemoteSessionState.Disconnected, "the loss is seen");

        await other.Sessions.CloseAsync(client.Id);
        proxy.Mend();

        await Eventually.TrueAsync(() => client.Closed.IsCancellationRequested, "the client knows that it is closed");
        Assert.Equal((RemoteSessionState.Closed, SessionCloseReason.ClosedByController), (client.State, client.CloseReason));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => other.AskAsync("answer"));
    }

    [Fact]
    public async Task What_is_over_when_the_connection_is_back_is_not_executed_D30()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var client = await ConnectAsync(proxy.Address);
        var (atClient, atGateway) = (new HoldingHandler(), new HoldingHandler());
        client.Messages.SetRequestStream("stream", atClient);
        var other = _b.OpenSession();
        await other.Messages.AddRequestHandlerAsync("handler", atGateway);
        var id = client.Id;

        proxy.Cut();
        await Eventually.TrueAsync(() => client.State == RemoteSessionState.Disconnected, "the loss is seen");
        var soon = new RequestOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        using var cancellation = new CancellationTokenSource();
        Task[] ending =
        [
            client.AskAsync("handler", "timed out", soon),
            client.AskAsync("handler", "cancelled", cancellationToken: cancellation.Token),
            client.Messages.SendRequestToFilterAsync<string, string>("all", "handler", "timed out", new CollectingCallback(), soon),
            other.AskAsync(id, "stream", "timed out", soon),
        ];
        await cancellation.CancelAsync();
        foreach (var call in ending)
            Assert.NotNull(await Record.ExceptionAsync(() => call));
        Task[] living = [client.AskAsync("handler", "in time"), other.AskAsync(id, "stream", "in time")];
        proxy.Mend();

        (await atGateway.ReceiveAsync()).Responder.Respond("");
        (await atClient.ReceiveAsync()).Responder.Respond("");
        await Task.WhenAll(living);
        Assert.Equal(["in time"], atGateway.Requests.Select(request => request.Text));
        Assert.Equal(["in time"], atClient.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task Requests_through_a_connection_that_breaks_again_and_again_are_each_answered_once()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var handler = await ConnectAsync(proxy.Address);
        var executed = new ConcurrentDictionary<string, int>();
        await handler.Messages.AddRequestHandlerAsync<string, string>("count", (text, _, _) => new($"{executed.AddOrUpdate(text, 1, (_, count) => count + 1)}"));
        var sender = await ConnectAsync(proxy.Address);

        var answers = new List<Task<string>>();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 200; i++)
                answers.Add(sender.AskAsync("count", $"{round}.{i}", new RequestOptions { Timeout = Eventually.Limit }));
            var before = proxy.Connections;
            proxy.Cut();
            proxy.Mend();
            await Eventually.TrueAsync(() => proxy.Connections > before, "somebody has come back");
        }

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("1", answer));
        Assert.Equal(1000, executed.Count);
    }

    [Fact]
    public async Task A_session_whose_client_stays_away_is_closed_and_its_requests_end()
    {
        var gateway = await StartAsync("short", TimeSpan.FromMilliseconds(200));
        var proxy = Add(new CutProxy(gateway.Address));
        var gone = await ConnectAsync(proxy.Address);
        gone.AnswerOnStream("stream", "never");
        var sender = await ConnectAsync(_b.Address);

        proxy.Cut();

        await Eventually.TrueAsync(() => gateway.SessionCount == 0, "the session is closed");
        await Assert.ThrowsAsync<NoSuchSessionException>(() => sender.AskAsync(gone.Id, "stream"));
    }

    [Fact]
    public async Task A_client_whose_session_is_over_opens_another_one_and_registers_its_handlers_again()
    {
        var gateway = await StartAsync("short", TimeSpan.FromMilliseconds(200));
        var proxy = Add(new CutProxy(gateway.Address));
        var handler = await ConnectAsync(proxy.Address);
        var former = handler.Id;
        await handler.AnswerAsync("a", "handler");
        var sender = await ConnectAsync(_b.Address);

        proxy.Cut();
        await Eventually.TrueAsync(() => gateway.SessionCount == 0, "the session is closed");
        proxy.Mend();

        await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync("a")) == "handler", "the handler is back");
        Assert.NotEqual(former, handler.Id);
        Assert.Equal(RemoteSessionState.FailedOver, handler.State);
    }

    [Fact]
    public async Task A_filter_request_whose_session_is_lost_ends_with_that_and_keeps_what_has_come()
    {
        var gateway = await StartAsync("short", TimeSpan.Zero);
        var proxy = Add(new CutProxy(gateway.Address));
        var sender = await ConnectAsync(proxy.Address);
        var (quick, slow) = (await ConnectAsync(_b.Address), await ConnectAsync(_b.Address));
        quick.AnswerOnStream("stream", "answered");
        slow.Messages.SetRequestStream("stream", new HoldingHandler());
        var callback = new CollectingCallback();

        Assert.Equal(2, await sender.Messages.SendRequestToFilterAsync(
            SessionFilter.Parse($"$SessionId is '{quick.Id}' or $SessionId is '{slow.Id}'"), "stream", "", callback, DataTypes.Text, DataTypes.Text));
        await callback.ReceiveAsync(1);
        await EndSessionAsync(gateway, proxy);

        await Eventually.TrueAsync(() => !callback.Ends.IsEmpty, "the callback is told that nothing more comes");
        Assert.Equal(ErrorReason.CommunicationFailure, Assert.Single(callback.Ends).Reason);
        Assert.Equal("answered", Assert.Single(callback.Responses).Value);
        Assert.Empty(callback.Errors);
    }

    [Fact]
    public async Task Handlers_come_back_though_the_session_is_lost_again_while_they_are_registered()
    {
        var gateway = await StartAsync("short", TimeSpan.Zero);
        var proxy = Add(new CutProxy(gateway.Address));
        var handler = await ConnectAsync(proxy.Address);
        for (var i = 0; i < 20; i++)
            await handler.AnswerAsync($"a{i}", "handler");
        var sender = await ConnectAsync(_b.Address);

        for (var round = 0; round < 3; round++)
        {
            var former = handler.Id;
            await EndSessionAsync(gateway, proxy);
            // Cut again as soon as there is a session, in which nothing may be registered yet.
            await Eventually.TrueAsync(() => handler.Id != former, "there is another session");
        }

        for (var i = 0; i < 20; i++)
            await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync($"a{i}")) == "handler", $"handler a{i} is back");
    }

    [Fact]
    public async Task Handlers_come_back_though_the_next_gateway_is_stopped_too_while_they_are_registered_D9()
    {
        const int Handlers = 2000;
        var c = await StartAsync("c");
        var handler = await ConnectAsync(_a.Address, _b.Address, c.Address);
        await Task.WhenAll(Enumerable.Range(0, Handlers).Select(i => handler.AnswerAsync($"a{i}", "handler")));
        var sender = await ConnectAsync(c.Address);
        Task? second = null;
        // Told as soon as there is a session, in which nothing may be registered yet.
        handler.StateChanged += (_, state) =>
        {
            if (state == RemoteSessionState.FailedOver && handler.Gateway == "b")
                second ??= _b.TerminateAsync();
        };

        await _a.TerminateAsync();

        await Eventually.TrueAsync(() => handler.Gateway == "c", "the session goes on at the third gateway");
        await second!;
        for (var i = 0; i < Handlers; i++)
            await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync($"a{i}")) == "handler", $"handler a{i} is back");
    }

    [Fact]
    public async Task Clients_of_a_gateway_that_is_lost_go_on_at_another_one()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var handler = await ConnectAsync(proxy.Address, _b.Address);
        await handler.AnswerAsync("a", "handler");
        var listener = new RecordingListener();
        await handler.Sessions.AddListenerAsync(listener, new SessionListenerOptions { Filter = SessionFilter.Parse("$Principal is 'late'") });
        var held = new HoldingHandler();
        await (await ConnectAsync(_b.Address)).Messages.AddRequestHandlerAsync("held", held);
        var underWay = handler.AskAsync("held");
        await held.ReceiveAsync();
        var sender = await ConnectAsync(_b.Address);

        proxy.Cut();
        Fabric(_a).Disconnect();

        await Assert.ThrowsAsync<CommunicationFailureException>(() => underWay);
        await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync("a")) == "handler", "the handler is back");
        Assert.Equal(("b", RemoteSessionState.FailedOver), (handler.Gateway, handler.State));
        await ConnectAsync("late", _b.Address);
        await listener.ReceiveAsync("opened late");
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_finishes_what_its_sessions_have_in_hand_and_sends_them_to_another_one()
    {
        var handler = await ConnectAsync(_a.Address, _b.Address);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", held);
        var sender = await ConnectAsync(_b.Address);
        var underWay = sender.AskAsync("held");
        var request = await held.ReceiveAsync();

        var own = handler.AskAsync("held", "own");
        var ownRequest = await held.ReceiveAsync(2);
        var stopping = _a.TerminateAsync();
        await Eventually.TrueAsync(() => handler.Gateway == "b", "the session goes on");
        var next = sender.AskAsync("held");
        (await held.ReceiveAsync(3)).Responder.Respond("next");

        Assert.Equal("next", await next);
        Assert.False(underWay.IsCompleted || own.IsCompleted || stopping.IsCompleted);
        request.Responder.Respond("done");
        ownRequest.Responder.Respond("own");
        Assert.Equal("done", await underWay);
        Assert.Equal("own", await own);
        await stopping;
    }

    [Fact]
    public async Task No_request_fails_while_all_gateways_are_stopped_one_after_the_other_F2()
    {
        const int Handlers = 20;
        List<RemoteGateway> gateways = [_a, _b, await StartAsync("c")];
        var addresses = gateways.ConvertAll(gateway => gateway.Address);
        // Those that remain come last, and take everybody.
        gateways.Add(await StartAsync("d"));
        addresses.Add(gateways[^1].Address);
        var services = new List<IRemoteSession>();
        for (var i = 0; i < Handlers; i++)
        {
            services.Add(await ConnectAsync([.. addresses.Skip(i % 3), .. addresses.Take(i % 3)]));
            await services[i].AnswerAsync($"path{i}", $"{i}");
            services[i].AnswerOnStream("stream", $"{i}");
        }

        var callers = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => ConnectAsync([.. addresses.Skip(i), .. addresses.Take(i)])));
        using var end = new CancellationTokenSource();
        var answered = 0;
        var asking = callers.Select(AskAgainAndAgainAsync).ToArray();

        foreach (var gateway in gateways[..3])
        {
            var before = Volatile.Read(ref answered);
            await gateway.TerminateAsync();
            await Eventually.TrueAsync(() => Volatile.Read(ref answered) > before + 1000 || asking.Any(caller => caller.IsFaulted), "requests are answered beside and after the stop");
        }

        await end.CancelAsync();
        await Task.WhenAll(asking);
        Assert.All(services, session => Assert.Equal("d", session.Gateway));
        Assert.Equal(Handlers + callers.Length, gateways[3].SessionCount);

        async Task AskAgainAndAgainAsync(IRemoteSession caller)
        {
            var patient = new RequestOptions { Timeout = Eventually.Limit };
            for (var i = 0; !end.IsCancellationRequested; i = (i + 1) % Handlers)
            {
                Assert.Equal($"{i}", await caller.AskAsync($"path{i}/x", options: patient));
                Interlocked.Increment(ref answered);
            }
        }
    }

    [Fact]
    public async Task Answers_that_wait_for_the_client_come_before_it_has_left_a_gateway_that_is_stopped_F2()
    {
        // Four of the answers may be under way to the client, and four ahead of these.
        const int Sessions = 7;
        var caller = await ConnectAsync(_a.Address, _b.Address);
        var answer = new byte[1024 * 1024];
        for (var i = 0; i < Sessions; i++)
            _b.Inner.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, byte[]>("large", (_, _, _) => new(answer));
        await _b.Inner.OpenSessionAsync();

        await using var answers = caller.Messages.SendRequestToFilterAsync<string, byte[]>("$Principal is 'p'", "large", "").GetAsyncEnumerator();
        Assert.True(await answers.MoveNextAsync());
        // All have answered, and more than may be under way to the client waits for it.
        await Eventually.TrueAsync(() => _a.PendingRequests == 0, "all answers are at the gateway");
        var stopping = _a.TerminateAsync();
        await Eventually.TrueAsync(() => caller.Gateway == "b", "the client has moved");

        for (var i = 1; i < Sessions; i++)
        {
            Assert.True(await answers.MoveNextAsync());
            Assert.Equal(answer.Length, answers.Current.Response.Length);
        }

        Assert.False(await answers.MoveNextAsync());
        await stopping;
    }

    [Fact]
    public async Task A_session_that_is_closed_while_its_client_tries_to_move_is_closed()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var client = await ConnectAsync(_a.Address, new Uri($"http://{silent.LocalEndpoint}"), _b.Address);
        await client.AnswerAsync("a", "handler");
        var held = new HoldingHandler();
        await (await ConnectAsync(_b.Address)).Messages.AddRequestHandlerAsync("held", held);
        var underWay = client.AskAsync("held");
        await held.ReceiveAsync();

        var stopping = _a.TerminateAsync();
        using var attempt = await silent.AcceptTcpClientAsync().WaitAsync(Eventually.Limit);
        await client.CloseAsync().WaitAsync(Eventually.Limit);

        await Assert.ThrowsAsync<SessionClosedException>(() => underWay);
        Assert.Equal((SessionCloseReason.ClosedByClient, 1), (client.CloseReason, _b.SessionCount));
        await Assert.ThrowsAsync<UnhandledMessageException>(async () => await (await ConnectAsync(_b.Address)).AskAsync("a"));
        await stopping;
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_does_not_wait_for_clients_that_know_no_other_one()
    {
        var gateway = Add(new RemoteGateway(new GatewayOptions { Name = "patient", DrainTimeout = TimeSpan.FromMinutes(10) }, _broker));
        await gateway.StartAsync();
        var client = await ConnectAsync(gateway.Address);
        var held = new HoldingHandler();
        await client.Messages.AddRequestHandlerAsync("held", held);
        var underWay = (await ConnectAsync(_b.Address)).AskAsync("held");
        var request = await held.ReceiveAsync();

        var stopping = gateway.TerminateAsync();
        await Eventually.TrueAsync(() => ((GatewayEngine)gateway.Inner).IsStopping, "nothing but what is in hand is waited for");
        request.Responder.Respond("done");

        Assert.Equal("done", await underWay);
        await stopping.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Clients_of_a_gateway_without_its_broker_go_on_at_another_one_F1()
    {
        var handler = await ConnectAsync(_a.Address, _b.Address);
        await handler.AnswerAsync("a", "handler");
        var sender = await ConnectAsync(_b.Address);
        Assert.Equal("handler", await sender.AskAsync("a"));

        Fabric(_a).Disconnect();

        await Eventually.TrueAsync(() => handler.Gateway == "b", "the session goes on at the other gateway");
        await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync("a")) == "handler", "the handler is back");
        Assert.Equal("b", (await ConnectAsync(_a.Address, _b.Address)).Gateway);

        Fabric(_a).Connect();
        await Eventually.TrueAsync(() => _a.SessionCount == 0, "what is left of the session at the first gateway ends");
        Assert.Equal("handler", await (await ConnectAsync(_a.Address)).AskAsync("a"));
    }

    [Fact]
    public async Task A_client_that_finds_no_gateway_with_a_broker_keeps_its_session_F1()
    {
        var one = await ConnectAsync(_a.Address);
        var both = await ConnectAsync(_a.Address, _b.Address);
        var ids = (one.Id, both.Id);
        one.AnswerOnStream("stream", "here");

        Fabric(_a).Disconnect();
        Fabric(_b).Disconnect();
        await Eventually.TrueAsync(() => _a.Log.Lines.Any(line => line.Event == "SentAway"), "the clients are sent away");
        // Last of all they try the same address, which may lead to another gateway.
        await Eventually.TrueAsync(() => _a.Log.Lines.Count(line => line.Event == "SessionRefused") == 2, "both clients have looked for another gateway");
        Assert.Equal("here", await both.AskAsync(one.Id, "stream"));
        Fabric(_a).Connect();
        Fabric(_b).Connect();

        // Who comes now is not sent on, though others were a moment ago.
        var late = await ConnectAsync(_a.Address, _b.Address);
        var lateId = late.Id;
        for (var i = 0; i < 20; i++)
            Assert.Equal("here", await late.AskAsync(one.Id, "stream"));
        Assert.Equal((lateId, RemoteSessionState.Active), (late.Id, late.State));
        Assert.Equal("here", await (await ConnectAsync(_b.Address)).AskAsync(one.Id, "stream"));
        Assert.Equal(ids, (one.Id, both.Id));
        Assert.Equal((RemoteSessionState.Active, RemoteSessionState.Active), (one.State, both.State));
    }

    [Fact]
    public async Task A_client_without_a_gateway_gives_up_when_it_was_told_to()
    {
        var proxy = Add(new CutProxy(_a.Address));
        var session = await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [proxy.Address], ReconnectTimeout = TimeSpan.FromMilliseconds(300) });
        Add(session);
        var closed = 0;
        session.Messages.SetRequestStream("a", new ClosingStream(() => closed++));

        proxy.Cut();

        // Streams are told last, and elsewhere: a callback may wait for the close of its session.
        await Eventually.TrueAsync(() => session.Closed.IsCancellationRequested && Volatile.Read(ref closed) > 0, "the session is closed, and its stream told");
        Assert.Equal((RemoteSessionState.Closed, SessionCloseReason.ConnectionLost, 1), (session.State, session.CloseReason, closed));
        await Assert.ThrowsAsync<SessionClosedException>(() => session.AskAsync("a"));
    }

    // The only one of a gateway without a grace period. A client that comes back before its gateway has noticed the loss goes on with its session, as it should.
    private static async Task EndSessionAsync(RemoteGateway gateway, CutProxy proxy)
    {
        proxy.Cut();
        await Eventually.TrueAsync(() => gateway.SessionCount == 0, "the gateway has ended the session");
        proxy.Mend();
    }

    private static async Task<string?> TryAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception exception) when (exception is MessagingException or TimeoutException)
        {
            return null;
        }
    }

    private static InMemoryFabric Fabric(RemoteGateway gateway) => (InMemoryFabric)((GatewayEngine)gateway.Inner).Fabric;

    private async Task<RemoteGateway> StartAsync(string name, TimeSpan? grace = null)
    {
        var gateway = Add(new RemoteGateway(new GatewayOptions { Name = name, DrainTimeout = TimeSpan.FromSeconds(10) }, _broker)
        {
            GracePeriod = grace ?? TimeSpan.FromSeconds(20),
            Settings = new Dictionary<string, string?> { ["Remote:BrokerGrace"] = "00:00:00.2", ["Remote:Farewell"] = "00:00:05" },
        });
        await gateway.StartAsync();
        return gateway;
    }

    private Task<IRemoteSession> ConnectAsync(params Uri[] addresses) => ConnectAsync("", addresses);

    private async Task<IRemoteSession> ConnectAsync(string principal, params Uri[] addresses) =>
        Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = addresses, Principal = principal, Password = "[]" }));

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }

    private sealed class ClosingStream(Action closed) : IRequestStream<string, string>
    {
        public void OnRequest(string path, string request, IResponder<string> responder) => responder.Respond(request);

        public void OnClose() => closed();
    }
}
