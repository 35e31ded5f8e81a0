namespace RabbitBridge.ContractTests;

public abstract class ClosingContract(IFabricWorld world) : FabricContract(world)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_a_session_ends_its_requests_and_tells_their_responders(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        var calls = new[] { sender.AskAsync("a"), sender.AskAsync(handler.Id, "a") };
        await held.ReceiveAsync(2);

        await sender.CloseAsync();

        foreach (var call in calls)
            Assert.Equal(ErrorReason.SessionClosed, (await Assert.ThrowsAsync<SessionClosedException>(() => call.WaitAsync(Eventually.Limit))).Reason);
        Assert.All(held.Requests, request => Assert.Equal("", request.Text));
        await Eventually.TrueAsync(
            () => held.Requests.All(request => request.Responder.CancellationToken.IsCancellationRequested),
            "the responders are told that nobody waits any more");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_that_a_closing_session_holds_end_with_SessionClosed(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        handler.Messages.SetRequestStream("a", (IRequestStream<string, string>)held);
        var calls = new[] { sender.AskAsync("a"), sender.AskAsync(handler.Id, "a") };
        await held.ReceiveAsync(2);

        await handler.CloseAsync();

        foreach (var call in calls)
            await Assert.ThrowsAsync<SessionClosedException>(() => call.WaitAsync(Eventually.Limit));
        // An answer that comes still is nobody's, and no fault.
        held.AnswerAll("too late");
    }

    [Fact]
    public async Task A_session_that_is_closed_while_it_registers_leaves_no_handler_D14()
    {
        var (a, b) = await StartTwoAsync();

        for (var round = 0; round < 100; round++)
        {
            var session = a.OpenSession();
            var registering = Task.Run(() => session.AnswerAsync($"p/{round % 7}", "answer"));
            var closing = Task.Run(() => session.CloseAsync());

            await closing;
            var error = await Record.ExceptionAsync(() => registering);
            Assert.True(error is null or SessionClosedException, $"{error}");
        }

        await Eventually.TrueAsync(() => a.Routes.Count == 0 && b.Routes.Count == 0, "no route of a closed session is left");
    }

    [Fact]
    public async Task A_session_that_is_closed_during_an_outage_and_its_registrations_end_at_once_D15()
    {
        var a = await StartGatewayAsync("a");
        var (session, other) = (a.OpenSession(), a.OpenSession());
        await session.AnswerAsync("here", "answer");
        await other.AnswerAsync("other", "answer");
        Task registering = Task.CompletedTask;

        await World.ReconnectAsync(a, () =>
        {
            registering = session.AnswerAsync("coming", "answer");
            var closing = session.CloseAsync();
            Assert.True(SpinWait.SpinUntil(() => closing.IsCompleted && registering.IsCompleted, Eventually.Limit), "It waits for the next connection.");
        });

        var error = await Record.ExceptionAsync(() => registering);
        Assert.True(error is null or SessionClosedException, $"{error}");
        Assert.Equal(["other"], a.Routes.Select(route => route.Path));
    }

    [Fact]
    public async Task A_closed_session_can_do_nothing_more()
    {
        var gateway = await StartGatewayAsync("a");
        await gateway.OpenSession().AnswerAsync("a", "never");
        var session = gateway.OpenSession();
        Assert.False(session.Closed.IsCancellationRequested);
        Assert.Equal(2, gateway.SessionCount);

        await session.CloseAsync();
        await session.CloseAsync();

        Assert.True(session.Closed.IsCancellationRequested);
        Assert.Equal(1, gateway.SessionCount);
        await Assert.ThrowsAsync<SessionClosedException>(() => session.AskAsync("a"));
        await Assert.ThrowsAsync<SessionClosedException>(() => session.AskAsync(session.Id, "a"));
        await Assert.ThrowsAsync<SessionClosedException>(() => session.AnswerAsync("b", "never"));
        Assert.Throws<SessionClosedException>(() => session.AnswerOnStream("b", "never"));
        Assert.Null(session.Messages.RemoveRequestStream("b"));
    }

    [Fact]
    public async Task Closing_a_session_withdraws_its_handlers_everywhere()
    {
        var (a, b, c) = await StartThreeAsync();
        var session = a.OpenSession();
        foreach (var path in new[] { "/", "a", "a/b" })
            await session.AnswerAsync(path, "closing");
        await b.OpenSession().AnswerAsync("a", "stays");

        await session.CloseAsync();

        foreach (var sender in new[] { a.OpenSession(), b.OpenSession(), c.OpenSession() })
        {
            Assert.Equal("stays", await sender.AskAsync("a/b"));
            await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("x"));
        }

        foreach (var gateway in new[] { a, b, c })
            Assert.Equal(["a"], gateway.Routes.Select(route => route.Path));
    }

    [Fact]
    public async Task Sessions_close_while_they_are_used()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("echo", "answer");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            var session = b.OpenSession();
            var calls = Enumerable.Range(0, 5).Select(_ => session.AskAsync("echo")).ToArray();
            var registering = session.AnswerAsync($"own/{number}", "own");
            await session.CloseAsync();
            await Record.ExceptionAsync(() => registering);
            return await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call.WaitAsync(Eventually.Limit))));
        }));

        Assert.All(outcomes.SelectMany(each => each), error => Assert.True(error is null or SessionClosedException, $"{error}"));
        Assert.Equal(0, b.SessionCount);
        await Eventually.TrueAsync(() => a.Routes.Count == 1 && b.Routes.Count == 1, "no route of a closed session is left");
    }

    [Fact]
    public async Task Stopping_a_gateway_closes_its_sessions_and_withdraws_their_handlers()
    {
        var (a, b) = await StartTwoAsync();
        var handler = new HoldingHandler();
        var session = a.OpenSession();
        await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler);
        await b.OpenSession().Messages.AddRequestHandlerAsync("b", (IRequestHandler<string, string>)new HoldingHandler());
        var pending = session.AskAsync("b");

        await a.StopAsync();

        await Assert.ThrowsAsync<SessionClosedException>(() => pending.WaitAsync(Eventually.Limit));
        Assert.True(session.Closed.IsCancellationRequested);
        Assert.Equal(1, handler.Closed);
        Assert.Equal(0, a.SessionCount);
        Assert.False(a.IsConnected);
        Assert.Throws<InvalidOperationException>(() => a.OpenSession());
        await Assert.ThrowsAsync<UnhandledMessageException>(() => b.OpenSession().AskAsync("a"));
        await Eventually.TrueAsync(() => b.Gateways.Count == 0, "the other gateway has heard the goodbye");
        await a.StopAsync();
    }

    [Fact]
    public async Task A_gateway_that_stops_says_goodbye_before_it_is_missed()
    {
        // Silence would be noticed only after three heartbeats, which is long after a hang is.
        var watching = await StartGatewayAsync("watching", options => options.HeartbeatInterval = TimeSpan.FromMinutes(1));
        for (var i = 0; i < 10; i++)
        {
            var gateway = await StartGatewayAsync("leaving", options => options.HeartbeatInterval = TimeSpan.FromMinutes(1));
            await Eventually.TrueAsync(() => watching.Gateways.Any(known => known.Instance == gateway.Instance), "the newcomer is known");

            await gateway.StopAsync();

            await Eventually.TrueAsync(() => watching.Gateways.Count == 0, "the goodbye has come");
        }
    }

    [Fact]
    public async Task Requests_that_a_stopping_gateway_holds_end_definitely()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var call = b.OpenSession().AskAsync("a", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await held.ReceiveAsync();

        await a.StopAsync();

        await Assert.ThrowsAnyAsync<MessagingException>(() => call.WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task A_gateway_is_started_once_and_opens_no_session_before()
    {
        var gateway = World.CreateGateway(new GatewayOptions { Name = "early" });

        Assert.Throws<InvalidOperationException>(() => gateway.OpenSession());
        await gateway.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => gateway.StartAsync());
        await gateway.DisposeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => gateway.StartAsync());
    }

    [Fact]
    public async Task Callbacks_that_throw_keep_nobody_from_hearing_of_the_close_S35()
    {
        var session = (await StartGatewayAsync("a")).OpenSession();
        var throwing = new CallbackHandler(() => throw new InvalidOperationException("thrown by a test")) { AtEnd = true };
        var heard = new HoldingHandler();
        await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)throwing);
        await session.Messages.AddRequestHandlerAsync("b", (IRequestHandler<string, string>)heard);
        session.Messages.SetRequestStream("a", (IRequestStream<string, string>)throwing);
        session.Messages.SetRequestStream("b", (IRequestStream<string, string>)heard);
        var told = 0;
        session.Closed.Register(() => Interlocked.Increment(ref told));
        session.Closed.Register(() => throw new InvalidOperationException("thrown by a test"));
        session.Closed.Register(() => Interlocked.Increment(ref told));

        await session.CloseAsync();
        await session.DisposeAsync();

        Assert.Equal((2, 2, 2), (throwing.Closed, heard.Closed, told));
        Assert.True(session.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Callbacks_that_throw_do_not_keep_a_gateway_from_stopping_S35()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        await session.Messages.AddRequestHandlerAsync(
            "a", (IRequestHandler<string, string>)new CallbackHandler(() => throw new InvalidOperationException("thrown by a test")) { AtEnd = true });
        session.Closed.Register(() => throw new InvalidOperationException("thrown by a test"));
        var other = a.OpenSession();

        await a.StopAsync();

        Assert.False(a.IsConnected);
        Assert.True(other.Closed.IsCancellationRequested);
        await Eventually.TrueAsync(() => b.Gateways.Count == 0, "the other gateway has heard the goodbye");
    }

    [Theory]
    [InlineData("handler")]
    [InlineData("handler's end")]
    [InlineData("stream")]
    [InlineData("stream's end")]
    [InlineData("listener")]
    [InlineData("filter")]
    [InlineData("token")]
    [InlineData("elsewhere")]
    public async Task Closing_a_session_and_waiting_for_it_inside_its_own_callback_returns_S18(string place)
    {
        var gateway = await StartGatewayAsync("a");
        var session = await gateway.OpenSessionAsync();
        var sender = await gateway.OpenSessionAsync();
        var returned = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var closing = new CallbackHandler(() =>
        {
            if (place == "elsewhere")
                Task.Run(session.CloseAsync).GetAwaiter().GetResult();
            else
                session.DisposeAsync().AsTask().GetAwaiter().GetResult();
            returned.TrySetResult(session.Closed.IsCancellationRequested);
        })
        {
            AtEnd = place is "handler's end" or "stream's end" or "elsewhere",
        };
        Task started;
        switch (place)
        {
            case "handler":
                await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)closing);
                started = Record.ExceptionAsync(() => sender.AskAsync("a"));
                break;
            case "handler's end" or "elsewhere":
                await session.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)closing);
                started = session.CloseAsync();
                break;
            case "stream":
                session.Messages.SetRequestStream("a", (IRequestStream<string, string>)closing);
                started = Record.ExceptionAsync(() => sender.AskAsync(session.Id, "a"));
                break;
            case "stream's end":
                session.Messages.SetRequestStream("a", (IRequestStream<string, string>)closing);
                started = session.CloseAsync();
                break;
            case "listener":
                started = Record.ExceptionAsync(() => session.Sessions.AddListenerAsync(closing));
                break;
            case "filter":
                sender.AnswerOnStream("a", "answer");
                started = Record.ExceptionAsync(() => session.Messages.SendRequestToFilterAsync("all", "a", "", closing));
                break;
            default:
                session.Closed.Register(() => closing.OnOpened(default, new Dictionary<string, string>()));
                started = session.CloseAsync();
                break;
        }

        await Eventually.TrueAsync(() => returned.Task.IsCompleted, "the close has returned inside the callback");
        Assert.True(await returned.Task);
        await session.CloseAsync();
        await started;
    }
}
