namespace RabbitBridge.ContractTests;

/// <summary>A gateway loses its connection and gets a new one: what was under way ends, everything else goes on.</summary>
public abstract class ReconnectContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly RequestOptions NoLimit = new() { Timeout = Timeout.InfiniteTimeSpan };

    protected override bool GatewaysDie => true;

    [Fact]
    public async Task Requests_in_flight_end_with_CommunicationFailure_while_the_connection_is_down()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var sender = b.OpenSession();
        var calls = Enumerable.Range(0, 10).Select(_ => sender.AskAsync("a", options: NoLimit)).ToArray();
        await held.ReceiveAsync(10);

        await World.ReconnectAsync(b, () => AwaitWhileDown(calls));

        foreach (var call in calls)
            await Assert.ThrowsAsync<CommunicationFailureException>(() => call);
        await Eventually.TrueAsync(
            () => held.Requests.All(request => request.Responder.CancellationToken.IsCancellationRequested), "the responders are told");
    }

    [Fact]
    public async Task The_handlers_of_a_gateway_hear_that_its_connection_is_lost_D11()
    {
        var (a, b) = await StartTwoAsync();
        var (direct, queued) = (new HoldingHandler(), new HoldingHandler());
        await a.OpenSession().Messages.AddRequestHandlerAsync("direct", (IRequestHandler<string, string>)direct);
        await a.OpenSession().Messages.AddRequestHandlerAsync("queued", (IRequestHandler<string, string>)queued, new RequestHandlerOptions { Redelivery = true });
        var sender = b.OpenSession();
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 10).Select(number => sender.AskAsync(number < 5 ? "direct" : "queued", options: NoLimit, cancellationToken: cancellation.Token)).ToArray();
        await direct.ReceiveAsync(5);
        await queued.ReceiveAsync(5);
        var tokens = direct.Requests.Concat(queued.Requests).Select(request => request.Responder.CancellationToken).ToArray();

        await World.ReconnectAsync(a, () => Assert.True(SpinWait.SpinUntil(() => tokens.All(token => token.IsCancellationRequested), Eventually.Limit), "not all handlers hear of it"));

        foreach (var call in calls[..5])
            await Assert.ThrowsAsync<CommunicationFailureException>(() => call);
        await cancellation.CancelAsync();
        foreach (var call in calls[5..])
            Assert.NotNull(await Record.ExceptionAsync(() => call));
    }

    [Fact]
    public async Task Requests_sent_while_the_connection_is_down_wait_for_the_next_one()
    {
        var (a, b) = await StartTwoAsync();
        var handler = a.OpenSession();
        await handler.AnswerAsync("a", "handler");
        handler.AnswerOnStream("a", "stream");
        var sender = b.OpenSession();
        var calls = new List<Task<string>>();

        await World.ReconnectAsync(b, () =>
        {
            for (var i = 0; i < 10; i++)
                calls.AddRange([sender.AskAsync("a"), sender.AskAsync(handler.Id, "a")]);
            // A real broker's next connection may be there by now, where this had no thread for a while.
            var isAnswered = calls.Exists(call => call.IsCompleted);
            Assert.False(isAnswered && !b.IsConnected);
        });

        Assert.Equal(["handler", "stream"], (await Task.WhenAll(calls)).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(20, calls.Count);
    }

    [Fact]
    public async Task A_request_that_waits_for_the_connection_ends_when_its_time_is_over()
    {
        var (a, b) = await StartTwoAsync();
        // Never answers: a connection that is back before the time is over makes no difference.
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)new HoldingHandler());
        var sender = b.OpenSession();
        var calls = new List<Task<string>>();

        await World.ReconnectAsync(b, () =>
        {
            calls.Add(sender.AskAsync("a", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(1) }));
            AwaitWhileDown(calls);
        });

        // Which of the two: the next connection to a real broker may be there before the time is over, and the handler have the request then (NeverSentTests tells them apart).
        Assert.IsAssignableFrom<MessagingException>(await Record.ExceptionAsync(() => calls[0]));
        Assert.Contains(((MessagingException)calls[0].Exception!.InnerException!).Reason, new[] { ErrorReason.CommunicationFailure, ErrorReason.RequestTimeOut });
    }

    [Fact]
    public async Task Local_handlers_answer_while_the_connection_is_down()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync("a", "local");
        var sender = a.OpenSession();
        var calls = new List<Task<string>>();

        await World.ReconnectAsync(a, () =>
        {
            calls.Add(sender.AskAsync("a", options: NoLimit));
            AwaitWhileDown(calls);
        });

        Assert.Equal("local", await calls[0]);
    }

    [Fact]
    public async Task Handlers_work_again_without_doing_anything_when_their_gateway_has_connected_anew()
    {
        var (a, b) = await StartTwoAsync();
        var handler = a.OpenSession();
        await handler.AnswerAsync("a", "handler");
        handler.AnswerOnStream("a", "stream");
        var sender = b.OpenSession();

        for (var i = 0; i < 3; i++)
        {
            await World.ReconnectAsync(a);

            await Eventually.TrueAsync(async () => await TryAsync(() => sender.AskAsync(handler.Id, "a")) == "stream", "the stream answers again");
            for (var request = 0; request < 20; request++)
                Assert.Equal("handler", await sender.AskAsync("a"));
            Assert.Equal("stream", await sender.AskAsync(handler.Id, "a"));
        }

        Assert.False(handler.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Requests_by_path_find_a_handler_whose_gateway_has_connected_anew_or_are_told_of_the_loss()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "handler");
        var sender = b.OpenSession();

        for (var i = 0; i < 5; i++)
        {
            await World.ReconnectAsync(a);

            // A request that was on its way to the inbox of before may fail; that nobody handles the path is never said.
            await Eventually.TrueAsync(
                async () =>
                {
                    var error = await Record.ExceptionAsync(() => sender.AskAsync("a", options: NoLimit).WaitAsync(Eventually.Limit));
                    Assert.True(error is null or CommunicationFailureException, $"{error}");
                    return error is null;
                },
                "the handler answers");
        }
    }

    [Fact]
    public async Task Handlers_that_change_around_a_lost_connection_are_known_afterwards()
    {
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();
        var leaving = await session.AnswerAsync("leaving", "leaving");
        await session.AnswerAsync("staying", "staying");
        Task changes = Task.CompletedTask;

        await World.ReconnectAsync(a, () => changes = Task.WhenAll(leaving.CloseAsync(), session.AnswerAsync("coming", "coming")));
        await changes;

        await Eventually.TrueAsync(
            () => b.Routes.Select(route => route.Path).SequenceEqual(["coming", "staying"]), "the other gateway knows exactly these routes");
        var sender = b.OpenSession();
        Assert.Equal("staying", await sender.AskAsync("staying"));
        Assert.Equal("coming", await sender.AskAsync("coming"));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("leaving"));
    }

    [Fact]
    public async Task While_gateways_connect_anew_nobody_is_told_that_their_handlers_and_sessions_are_not_there_D20_S25()
    {
        var (a, b) = await StartTwoAsync();
        var handler = await a.OpenSessionAsync(new SessionOptions { Principal = "handler" });
        await handler.AnswerAsync("a/b", "specific");
        handler.AnswerOnStream("a/b", "stream");
        await b.OpenSession().AnswerAsync("a", "general");
        var sender = b.OpenSession();
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var callers = new Func<Task>[]
        {
            async () => Assert.Equal("specific", await sender.AskAsync("a/b", options: NoLimit)),
            async () => Assert.Equal("stream", await sender.AskAsync(handler.Id, "a/b", options: NoLimit)),
            async () => Assert.Equal(1, await sender.Messages.SendRequestToFilterAsync("$Principal is 'handler'", "a/b", "", new CollectingCallback(), NoLimit)),
        }.Select(ask => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await ask().WaitAsync(Eventually.Limit);
                    Interlocked.Increment(ref answered);
                }
                catch (CommunicationFailureException)
                {
                    // It was under way when the connection was lost.
                }
            }
        })).ToArray();

        for (var round = 0; round < 4; round++)
        {
            await World.ReconnectAsync(a);
            await World.ReconnectAsync(b);
            await Task.WhenAll(Task.Run(() => World.ReconnectAsync(a)), Task.Run(() => World.ReconnectAsync(b)));
            var before = Volatile.Read(ref answered);
            await Eventually.TrueAsync(() => Volatile.Read(ref answered) >= before + 10 || callers.Any(caller => caller.IsCompleted), "requests are answered again");
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }

    [Fact]
    public async Task What_waits_for_a_connection_is_bounded_and_the_rest_is_told_at_once_D3()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("a", "answer");
        var sender = b.OpenSession();
        var large = new string('x', 1024 * 1024);
        var calls = new List<Task<string>>();

        await World.ReconnectAsync(b, () => calls.AddRange(Enumerable.Range(0, 100).Select(_ => sender.AskAsync("a", large, NoLimit))));

        foreach (var call in calls)
        {
            var error = await Record.ExceptionAsync(() => call.WaitAsync(Eventually.Limit));
            Assert.True(error is null or OverloadedException or CommunicationFailureException, $"{error}");
        }

        Assert.Equal("answer", await sender.AskAsync("a"));
    }

    // In memory there is no next connection before this returns. Over a broker it may be back sooner: there it only shows that all end.
    private static void AwaitWhileDown(IReadOnlyCollection<Task<string>> calls) =>
        Assert.True(SpinWait.SpinUntil(() => calls.All(call => call.IsCompleted), Eventually.Limit), "A call waits for the next connection.");

    private static async Task<string?> TryAsync(Func<Task<string>> send)
    {
        try
        {
            return await send();
        }
        catch (MessagingException)
        {
            return null;
        }
    }
}
