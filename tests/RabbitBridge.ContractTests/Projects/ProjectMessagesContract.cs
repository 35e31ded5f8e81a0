using System.Collections.Concurrent;
using System.Text.Json;

namespace RabbitBridge.ContractTests;

/// <summary>Messages to the handlers of a project.</summary>
public abstract class ProjectMessagesContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly Dictionary<string, object?> Hello = new() { ["first"] = "Hello", ["second"] = "World" };

    [Fact]
    public async Task A_message_to_both_scopes_gives_the_receipts_of_the_original()
    {
        var (a, _) = await StartTwoWhoMeetAsync();
        var ran = new ConcurrentQueue<(string, string)>();
        a.Projects.AddMessageHandler("X", "testHandler", Writing("gateway", ran));
        var client = a.OpenSession(new SessionOptions { Project = "X", HostName = "127.0.0.1" });
        await client.Projects.AddMessageHandlerAsync("testHandler", Writing("client", ran));
        var sender = a.OpenSession();

        var receipts = await sender.Projects.SendMessageAsync("X", "testHandler", Hello, "CG");

        Assert.Equal(
            [
                "type=Gateway,project=X,messageHandler=testHandler,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=SENT",
                $"type=Client,sessionId={client.Id},clientAddress={client.Properties.GetValueOrDefault(SessionProperty.ClientIP)},clientHostName=127.0.0.1,project=X,"
                + "messageHandler=testHandler,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=SENT",
            ],
            receipts.Select(receipt => receipt.ToString()));
        await Eventually.TrueAsync(() => ran.Count == 2, "both handlers have run");
        Assert.Equal([("client", "Hello World"), ("gateway", "Hello World")], ran.Order());
    }

    [Fact]
    public async Task A_message_to_a_user_goes_to_clients_alone()
    {
        var (a, _) = await StartTwoWhoMeetAsync();
        a.Projects.AddMessageHandler("X", "h", Writing("gateway", []));
        var bob = a.OpenSession(new SessionOptions { Principal = "Bob", Project = "X" });
        await bob.Projects.AddMessageHandlerAsync("h", Writing("bob", []));
        a.OpenSession(new SessionOptions { Principal = "Ann", Project = "X" });

        var receipts = await a.OpenSession().Projects.SendMessageAsync(project: "X", messageHandler: "h", user: "Bob");

        var receipt = Assert.Single(receipts);
        Assert.Equal(bob.Id, receipt.SessionId);
        Assert.EndsWith(",filterParams={hostName=, clientId=, scope=C, user=Bob, hasRole=},sendStatus=SENT", receipt.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_to_remote_servers_goes_to_each_and_not_to_the_own()
    {
        var (a, b, c) = await StartThreeWhoMeetAsync();
        var ran = new ConcurrentQueue<(string, string)>();
        foreach (var gateway in new[] { a, b, c })
            gateway.Projects.AddMessageHandler("X", "h", Writing(gateway.Name, ran));
        var sender = a.OpenSession();

        var receipts = await sender.Projects.SendMessageAsync("X", "h", Hello, remoteServers: ["b", "nowhere", "c"]);

        const string Fields = "type=Gateway,project=X,messageHandler=h,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=";
        Assert.Equal([$"{Fields}SENT,server=b", $"{Fields}UNREACHABLE,server=nowhere", $"{Fields}SENT,server=c"], receipts.Select(receipt => receipt.ToString()));
        await Eventually.TrueAsync(() => ran.Count == 2, "both handlers have run");
        Assert.Equal(["b", "c"], ran.Select(each => each.Item1).Order());
    }

    [Fact]
    public async Task Who_is_selected_and_who_runs_is_what_a_plain_model_says()
    {
        var (a, b, c) = await StartThreeWhoMeetAsync();
        IGateway[] gateways = [a, b, c];
        var ran = new ConcurrentQueue<(string Handler, int Number)>();
        foreach (var gateway in gateways)
            gateway.Projects.AddMessageHandler("X", "h", new RecordingMessageHandler(gateway.Name, ran));
        var clients = new List<(IGateway Gateway, ISession Session, SessionOptions Options)>();
        for (var i = 0; i < 12; i++)
        {
            var options = new SessionOptions
            {
                Project = i % 4 == 3 ? "Y" : "X",
                Principal = i % 2 == 0 ? "bob" : "ann",
                Roles = i % 3 == 0 ? ["operator", "viewer"] : ["viewer"],
                HostName = i < 6 ? "h1" : "h2",
            };
            var gateway = gateways[i % 3];
            var session = gateway.OpenSession(options);
            await session.Projects.AddMessageHandlerAsync("h", new RecordingMessageHandler(session.Id.ToString(), ran));
            clients.Add((gateway, session, options));
        }

        var sender = a.OpenSession();
        var expectedRuns = new List<(string Handler, int Number)>();
        var number = 0;
        foreach (var project in new[] { "X", "Y" })
            foreach (var scope in new[] { null, "C", "G", "CG" })
                foreach (var user in new[] { null, "bob", "nobody" })
                    foreach (var role in new[] { null, "operator" })
                        foreach (var host in new[] { null, "h2" })
                            foreach (var id in new[] { null, clients[6].Session.Id.ToString(), "0000-0000" })
                                foreach (var servers in new string[]?[] { null, ["b"], ["a", "c"], ["c", "nowhere"] })
                                {
                                    number++;
                                    var letters = scope ?? (user ?? role ?? host) switch { null => "CG", _ => "C" };
                                    var expected = new List<string>();
                                    foreach (var server in servers ?? ["a"])
                                    {
                                        if (server == "nowhere")
                                        {
                                            expected.Add("nowhere UNREACHABLE nowhere");
                                            continue;
                                        }

                                        var at = server == "a" ? "" : server;
                                        if (letters.Contains('G'))
                                        {
                                            expected.Add($"{at} {(project == "X" ? "SENT" : "NO_HANDLER")} gateway");
                                            if (project == "X")
                                                expectedRuns.Add((server, number));
                                        }

                                        foreach (var (gateway, session, options) in clients)
                                        {
                                            if (!letters.Contains('C') || gateway.Name != server || options.Project != project || (user is not null && options.Principal != user)
                                                || (role is not null && !options.Roles.Contains(role)) || (host is not null && options.HostName != host)
                                                || (id is not null && session.Id.ToString() != id))
                                                continue;
                                            expected.Add($"{at} SENT {session.Id}");
                                            expectedRuns.Add((session.Id.ToString(), number));
                                        }
                                    }

                                    var receipts = await sender.Projects.SendMessageAsync(
                                        project, "h", new Dictionary<string, object?> { ["n"] = number }, scope, id, user, role, host, servers);

                                    var actual = receipts.Select(receipt =>
                                        $"{receipt.Server} {MessageReceipt.NameOf(receipt.Status)} {(receipt.SessionId is { } session ? session.ToString() : receipt.Server == "nowhere" ? "nowhere" : "gateway")}");
                                    Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
                                }

        await Eventually.TrueAsync(() => ran.Count >= expectedRuns.Count, "all handlers have run");
        Assert.Equal(expectedRuns.Order(), ran.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_each_sender_stay_in_order_none_lost_and_none_twice(bool isRemote)
    {
        const int Senders = 8, Messages = 1250;
        var (a, b) = await StartTwoWhoMeetAsync(options => options.MaxQueuedProjectMessages = 20_000);
        var got = new ConcurrentQueue<(SessionId Sender, int Number)>();
        a.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(message => got.Enqueue((message.Sender, message.Payload.GetProperty("n").GetInt32()))));
        var senders = Enumerable.Range(0, Senders).Select(_ => (isRemote ? b : a).OpenSession()).ToArray();

        var receipts = await Task.WhenAll(senders.Select(sender => Task.Run(() => Task.WhenAll(Enumerable.Range(0, Messages)
            .Select(n => sender.Projects.SendMessageAsync("X", "h", new Dictionary<string, object?> { ["n"] = n }, "G", remoteServers: isRemote ? ["a"] : null))))));

        Assert.All(receipts.SelectMany(each => each).SelectMany(each => each), receipt => Assert.Equal(SendStatus.Sent, receipt.Status));
        await Eventually.TrueAsync(() => got.Count >= Senders * Messages, "all have come");
        foreach (var sender in senders)
            Assert.Equal(Enumerable.Range(0, Messages), got.Where(each => each.Sender == sender.Id).Select(each => each.Number));
        Assert.Equal(Senders * Messages, got.Count);
    }

    [Fact]
    public async Task Each_that_cannot_take_a_message_says_why_and_nothing_is_blocked()
    {
        var (a, b) = await StartTwoWhoMeetAsync(options => options.MaxQueuedProjectMessages = 1);
        var never = new TaskCompletionSource<object?>();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Projects.AddMessageHandler("X", "hangs", new FunctionMessageHandler((_, _) =>
        {
            called.TrySetResult();
            return never.Task;
        }), new MessageHandlerOptions { Threading = HandlerThreading.Dedicated });
        b.Projects.AddMessageHandler("X", "admins", new FunctionMessageHandler(_ => { }), new MessageHandlerOptions { Roles = ["admin"] });
        var throwing = 0;
        b.Projects.AddMessageHandler("X", "throws", new FunctionMessageHandler(_ =>
        {
            Interlocked.Increment(ref throwing);
            throw new InvalidOperationException("no");
        }));
        var sender = a.OpenSession();
        var admin = a.OpenSession(new SessionOptions { Roles = ["admin"] });

        Assert.Equal(SendStatus.NoHandler, await StatusAsync(sender, "none"));
        Assert.Equal(SendStatus.Denied, await StatusAsync(sender, "admins"));
        Assert.Equal(SendStatus.Sent, await StatusAsync(admin, "admins"));
        Assert.Equal(SendStatus.Sent, await StatusAsync(sender, "hangs"));
        await called.Task.WaitAsync(Eventually.Limit);
        Assert.Equal(SendStatus.Sent, await StatusAsync(sender, "hangs"));
        Assert.Equal(SendStatus.Overloaded, await StatusAsync(sender, "hangs"));
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(SendStatus.Sent, await StatusAsync(sender, "throws"));
            await Eventually.TrueAsync(() => Volatile.Read(ref throwing) == i, "the handler has thrown");
        }

        never.SetResult(null);
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_left_behind()
    {
        var (a, _) = await StartTwoWhoMeetAsync();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        a.Projects.AddMessageHandler("X", "slow", new FunctionMessageHandler(async (_, token) =>
        {
            token.Register(cancelled.SetResult);
            await next.Task;
            return null;
        }), new MessageHandlerOptions { TimeLimit = TimeSpan.FromMilliseconds(50) });
        a.Projects.AddMessageHandler("X", "next", new FunctionMessageHandler(_ => next.TrySetResult()));
        var sender = a.OpenSession();

        await sender.Projects.SendMessageAsync("X", "slow", scope: "G");
        await sender.Projects.SendMessageAsync("X", "next", scope: "G");

        await cancelled.Task.WaitAsync(Eventually.Limit);
        await next.Task.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task A_server_that_has_died_is_unreachable_and_ends_its_requests()
    {
        var presenceLimit = new GatewayOptions().PresenceLimit;
        var (a, b) = await StartTwoWhoMeetAsync(options =>
        {
            options.PresenceLimit = presenceLimit;
            // What ends below ends by the loss.
            options.RequestTimeout = TimeSpan.FromHours(1);
        });
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ => { }));
        b.Projects.AddMessageHandler("X", "hangs", new FunctionMessageHandler(async (_, token) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        }));
        var sender = a.OpenSession();
        Assert.Equal(SendStatus.Sent, await StatusAsync(sender, "h"));
        var request = sender.Projects.SendRequestAsync<JsonElement>("X", "hangs", remoteServer: "b", timeout: Timeout.InfiniteTimeSpan);
        await asked.Task.WaitAsync(Eventually.Limit);

        await World.CrashAsync(b);

        var status = StatusAsync(sender, "h").WaitAsync(Eventually.Limit);
        await Assert.ThrowsAsync<CommunicationFailureException>(() => request.WaitAsync(Eventually.Limit));
        Assert.Equal(SendStatus.Unreachable, await status);
    }

    [Fact]
    public async Task What_is_no_payload_is_told_before_anything_is_sent()
    {
        var (a, _) = await StartTwoWhoMeetAsync();
        var sender = a.OpenSession();
        var circle = new List<object>();
        circle.Add(circle);
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", "h", new Dictionary<string, object?> { ["circle"] = circle }));
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", "h", new Dictionary<string, object?> { ["type"] = typeof(int) }));
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", "h", new List<int> { 1, 2 }));
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", " "));
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", "h", Hello, "CS"));
        await AssertInvalidAsync(() => sender.Projects.SendMessageAsync("X", "h", new Dictionary<string, object?> { ["large"] = new string('x', 16 * 1024 * 1024) }));
    }

    [Fact]
    public async Task Ten_megabytes_arrive()
    {
        var (a, b) = await StartTwoWhoMeetAsync(options => options.MaxMessageBytes = 12 * 1024 * 1024);
        var length = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(message => length.SetResult(message.Payload.GetProperty("large").GetString()!.Length)));

        var receipts = await a.OpenSession().Projects.SendMessageAsync(
            "X", "h", new Dictionary<string, object?> { ["large"] = new string('x', 10_000_000) }, "G", remoteServers: ["b"]);

        Assert.Equal(SendStatus.Sent, Assert.Single(receipts).Status);
        Assert.Equal(10_000_000, await length.Task.WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task A_session_handles_messages_of_its_project_until_it_removes_its_handler()
    {
        var (a, _) = await StartTwoWhoMeetAsync();
        var client = a.OpenSession(new SessionOptions { Project = "X" });
        var sender = a.OpenSession();
        await Assert.ThrowsAsync<UnsupportedOperationException>(() => sender.Projects.AddMessageHandlerAsync("h", _ => { }));
        var handler = await client.Projects.AddMessageHandlerAsync("h", _ => { });
        await Assert.ThrowsAsync<HandlerConflictException>(() => client.Projects.AddMessageHandlerAsync("h", _ => { }));

        Assert.Equal([SendStatus.Sent], (await sender.Projects.SendMessageAsync("X", "h", scope: "C")).Select(receipt => receipt.Status));
        await handler.DisposeAsync();
        Assert.Equal([SendStatus.NoHandler], (await sender.Projects.SendMessageAsync("X", "h", scope: "C")).Select(receipt => receipt.Status));
        await client.CloseAsync();
        await Eventually.TrueAsync(async () => (await sender.Projects.SendMessageAsync("X", "h", scope: "C")).Count == 0, "the session is gone");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("b")]
    public async Task A_request_gets_the_handlers_answer_or_its_error(string? server)
    {
        var (a, b) = await StartTwoWhoMeetAsync();
        var projects = (server is null ? a : b).Projects;
        projects.AddMessageHandler("X", "sum", new FunctionMessageHandler((message, _) => Task.FromResult<object?>(
            new { sum = message.Payload.GetProperty("left").GetInt32() + message.Payload.GetProperty("right").GetInt32() })));
        projects.AddMessageHandler("X", "throws", new FunctionMessageHandler(_ => throw new InvalidOperationException("secret")));
        projects.AddMessageHandler("X", "loses", new FunctionMessageHandler(_ => throw new CommunicationFailureException("another system's")));
        projects.AddMessageHandler("X", "rejects", new FunctionMessageHandler(_ => throw new RejectedRequestException("not today")));
        projects.AddMessageHandler("X", "admins", new FunctionMessageHandler(_ => { }), new MessageHandlerOptions { Roles = ["admin"] });
        projects.AddMessageHandler(
            "X",
            "hangs",
            new FunctionMessageHandler(async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return null;
            }),
            new MessageHandlerOptions { Threading = HandlerThreading.Dedicated });
        var sender = a.OpenSession();

        var answer = await sender.Projects.SendRequestAsync<JsonElement>("X", "sum", new { left = 1, right = 2 }, server);

        Assert.Equal(3, answer.GetProperty("sum").GetInt32());
        var error = await Assert.ThrowsAsync<CallbackException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "throws", null, server));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CallbackException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "loses", null, server));
        Assert.Equal("not today", (await Assert.ThrowsAsync<RejectedRequestException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "rejects", null, server))).Message);
        await Assert.ThrowsAsync<AccessDeniedException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "admins", null, server));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "none", null, server));
        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "hangs", null, server, TimeSpan.FromMilliseconds(100)));
        await Assert.ThrowsAsync<CommunicationFailureException>(() => sender.Projects.SendRequestAsync<JsonElement>("X", "sum", null, "nowhere"));
    }

    private static FunctionMessageHandler Writing(string name, ConcurrentQueue<(string, string)> log) => new(message =>
        log.Enqueue((name, message.Payload.TryGetProperty("first", out var first) ? $"{first} {message.Payload.GetProperty("second")}" : "")));

    private static async Task<SendStatus> StatusAsync(ISession sender, string handler) =>
        Assert.Single(await sender.Projects.SendMessageAsync("X", handler, scope: "G", remoteServers: ["b"])).Status;

    private static async Task AssertInvalidAsync(Func<Task> send) => await Assert.ThrowsAsync<InvalidMessageDataException>(send);
}
