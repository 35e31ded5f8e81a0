namespace RabbitBridge.ContractTests;

/// <summary>Requests to the sessions that a filter selects, in one gateway and in several.</summary>
public abstract class FilteredRequestsContract(IFabricWorld world) : FabricContract(world)
{
    private const string Path = "echo";

    [Fact]
    public async Task A_request_reaches_every_session_that_the_filter_selects_and_no_other()
    {
        var (a, b, c) = await StartThreeAsync();
        var accounts = new List<ISession>();
        foreach (var gateway in new[] { a, b, c })
        {
            accounts.Add(await OpenAsync(gateway, "Accounts"));
            await OpenAsync(gateway, "Payroll");
        }

        var callback = new CollectingCallback();
        var count = await a.OpenSession().Messages.SendRequestToFilterAsync("Department is 'Accounts'", Path, "hello", callback);

        Assert.Equal(3, count);
        await callback.ReceiveAsync(3);
        await PassAsync(a, 6);
        Assert.Equal(accounts.Select(session => session.Id).Order(Ids), callback.Responses.Keys.Order(Ids));
        Assert.All(callback.Responses, response => Assert.Equal($"hello, {response.Key}", response.Value));
        Assert.Equal((3, 0, 0), (callback.Calls, callback.Errors.Count, callback.Ends.Count));
    }

    [Fact]
    public async Task The_sender_is_among_the_recipients_if_it_matches()
    {
        var (a, b) = await StartTwoAsync();
        var sender = await OpenAsync(a, "x");
        var other = await OpenAsync(b, "x");

        var callback = new CollectingCallback();
        Assert.Equal(2, await sender.Messages.SendRequestToFilterAsync("all", Path, "", callback));

        await callback.ReceiveAsync(2);
        Assert.Equal(new[] { sender.Id, other.Id }.Order(Ids), callback.Responses.Keys.Order(Ids));
    }

    [Fact]
    public async Task A_session_of_the_senders_gateway_is_told_once_though_the_request_comes_back_over_the_fabric()
    {
        var (a, b) = await StartTwoAsync();
        await OpenAsync(b, "x");
        var near = await OpenAsync(a, "x");
        var calls = 0;
        near.Messages.SetRequestStream<string, string>(Path, (_, _, _) => new($"{Interlocked.Increment(ref calls)}"));
        var sender = a.OpenSession();

        // What the fabric brings in is handled in order: with the second request's answers the first one is long through.
        for (var i = 1; i <= 2; i++)
        {
            var callback = new CollectingCallback();
            Assert.Equal(2, await sender.Messages.SendRequestToFilterAsync("Department is 'x'", Path, "", callback));
            await callback.ReceiveAsync(2);
            Assert.Equal($"{i}", callback.Responses[near.Id]);
        }

        Assert.Equal(2, await sender.Sessions.SetPropertiesAsync(SessionFilter.Parse("Department is 'x'"), new Dictionary<string, string?> { ["Department"] = "y" }));
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("Department is 'Nowhere'")]
    [InlineData("not all")]
    [InlineData("$SessionId is '0123456789abcdef-0123456789abcdef'")]
    [InlineData("$SessionId is 'no session id'")]
    public async Task No_session_is_a_success(string filter)
    {
        var (a, b) = await StartTwoAsync();
        await OpenAsync(b, "Accounts");

        var callback = new CollectingCallback();
        Assert.Equal(0, await a.OpenSession().Messages.SendRequestToFilterAsync(filter, Path, "", callback));

        await PassAsync(a, 1);
        Assert.Equal((0, 0), (callback.Calls, callback.Ends.Count));
    }

    [Fact]
    public async Task A_session_without_a_stream_a_rejection_and_a_failure_are_told_by_session()
    {
        var (a, b) = await StartTwoAsync();
        var without = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        var rejecting = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        rejecting.Messages.SetRequestStream<string, string>(Path, (_, _, _) => throw new RejectedRequestException("not now"));
        var failing = await a.OpenSessionAsync(new SessionOptions { Principal = "p" });
        failing.Messages.SetRequestStream<string, string>(Path, (_, _, _) => throw new InvalidOperationException("secret"));

        var callback = new CollectingCallback();
        Assert.Equal(3, await a.OpenSession().Messages.SendRequestToFilterAsync("$Principal is 'p'", Path, "", callback));

        await callback.ReceiveAsync(3);
        Assert.Equal(ErrorReason.UnhandledMessage, callback.Errors[without.Id].Reason);
        Assert.Equal((ErrorReason.RejectedRequest, "not now"), (callback.Errors[rejecting.Id].Reason, callback.Errors[rejecting.Id].Message));
        Assert.Equal(ErrorReason.CallbackException, callback.Errors[failing.Id].Reason);
    }

    [Fact]
    public async Task A_filter_by_session_id_reaches_that_session()
    {
        var (a, b) = await StartTwoAsync();
        var target = await OpenAsync(b, "x");
        await OpenAsync(b, "x");

        var callback = new CollectingCallback();
        Assert.Equal(1, await a.OpenSession().Messages.SendRequestToFilterAsync($"$SessionId is '{target.Id}'", Path, "", callback));

        await callback.ReceiveAsync(1);
        Assert.Equal([target.Id], callback.Responses.Keys);
    }

    [Fact]
    public async Task Answers_can_be_enumerated()
    {
        var (a, b) = await StartTwoAsync();
        var sessions = new HashSet<SessionId>();
        for (var i = 0; i < 50; i++)
            sessions.Add((await OpenAsync(i % 2 == 0 ? a : b, "x")).Id);

        await foreach (var answer in a.OpenSession().Messages.SendRequestToFilterAsync<string, string>("Department is 'x'", Path, "hi"))
        {
            Assert.Equal($"hi, {answer.Session}", answer.Response);
            Assert.True(sessions.Remove(answer.Session));
        }

        Assert.Empty(sessions);
    }

    [Fact]
    public async Task Answers_that_do_not_come_in_time_are_told_by_session()
    {
        var (a, b) = await StartTwoAsync();
        var silent = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        silent.Messages.SetRequestStream(Path, new HoldingHandler(), DataTypes.Text, DataTypes.Text);
        var answering = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        answering.AnswerOnStream(Path, "here");

        var callback = new CollectingCallback();
        var count = await a.OpenSession().Messages.SendRequestToFilterAsync(
            "$Principal is 'p'", Path, "", callback, new RequestOptions { Timeout = TimeSpan.FromSeconds(2) });

        Assert.Equal(2, count);
        // A remote session does not wait for a gateway that is late itself, and cannot tell whose answer is missing.
        await Eventually.TrueAsync(() => callback.Calls + callback.Ends.Count == 2, "both have their outcome");
        Assert.Equal("here", callback.Responses[answering.Id]);
        Assert.Equal(ErrorReason.RequestTimeOut, (callback.Errors.GetValueOrDefault(silent.Id) ?? Assert.Single(callback.Ends)).Reason);
    }

    [Fact]
    public async Task Sessions_of_a_gateway_that_dies_are_told_as_lost()
    {
        // The one test in which a gateway dies, and is missed as soon as elsewhere.
        var (a, b) = await StartTwoAsync(static options => options.PresenceLimit = new GatewayOptions().PresenceLimit);
        var handler = new HoldingHandler();
        var lost = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        lost.Messages.SetRequestStream(Path, handler, DataTypes.Text, DataTypes.Text);

        var callback = new CollectingCallback();
        Assert.Equal(1, await a.OpenSession().Messages.SendRequestToFilterAsync("$Principal is 'p'", Path, "", callback));
        await handler.ReceiveAsync();
        await World.CrashAsync(b);

        await callback.ReceiveAsync(1);
        Assert.Equal(ErrorReason.CommunicationFailure, callback.Errors[lost.Id].Reason);
    }

    [Fact]
    public async Task Cancelling_reaches_the_responders_and_silences_the_callback()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        var target = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        target.Messages.SetRequestStream(Path, held, DataTypes.Text, DataTypes.Text);
        await OpenAsync(b, "x");

        using var cancellation = new CancellationTokenSource();
        var callback = new CollectingCallback();
        Assert.Equal(1, await a.OpenSession().Messages.SendRequestToFilterAsync(
            "$Principal is 'p'", Path, "", callback, new RequestOptions { Timeout = TimeSpan.FromHours(1) }, cancellation.Token));
        var request = await held.ReceiveAsync();
        await cancellation.CancelAsync();

        await Eventually.TrueAsync(() => request.Responder.CancellationToken.IsCancellationRequested, "the responder's token is cancelled");
        await Eventually.TrueAsync(() => a.PendingRequests == 0, "nothing is pending");
        held.AnswerAll("too late");
        await PassAsync(a, 1);
        Assert.Equal((0, 0), (callback.Calls, callback.Ends.Count));
    }

    [Fact]
    public async Task A_session_that_closes_with_the_request_in_hand_answers_with_that()
    {
        var (a, b) = await StartTwoAsync();
        var handler = new HoldingHandler();
        var closing = await b.OpenSessionAsync(new SessionOptions { Principal = "p" });
        closing.Messages.SetRequestStream(Path, handler, DataTypes.Text, DataTypes.Text);

        var callback = new CollectingCallback();
        await a.OpenSession().Messages.SendRequestToFilterAsync("$Principal is 'p'", Path, "", callback);
        await handler.ReceiveAsync();
        await closing.CloseAsync();

        await callback.ReceiveAsync(1);
        Assert.Equal(ErrorReason.SessionClosed, callback.Errors[closing.Id].Reason);
    }

    [Fact]
    public async Task A_sender_that_closes_gets_the_outcome_of_every_session()
    {
        // More than a remote client is sent before it has taken some up.
        const int Sessions = 300;
        var (a, b) = await StartTwoAsync();
        var handler = new HoldingHandler();
        for (var i = 0; i < Sessions; i++)
            b.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream(Path, handler, DataTypes.Text, DataTypes.Text);
        await b.OpenSessionAsync();
        var sender = a.OpenSession();

        var callback = new CollectingCallback();
        Assert.Equal(Sessions, await sender.Messages.SendRequestToFilterAsync("$Principal is 'p'", Path, "", callback));
        await handler.ReceiveAsync(Sessions);
        await sender.CloseAsync();

        await callback.ReceiveAsync(Sessions);
        Assert.Equal(Sessions, callback.Errors.Count);
        Assert.All(callback.Errors.Values, static error => Assert.Equal(ErrorReason.SessionClosed, error.Reason));
    }

    [Fact]
    public async Task Very_many_answers_reach_a_slow_reader_and_none_is_dropped()
    {
        var (a, b) = await StartTwoAsync();
        for (var i = 0; i < World.ManySessions; i++)
        {
            var session = (i % 2 == 0 ? a : b).OpenSession(new SessionOptions { Principal = "p" });
            session.Messages.SetRequestStream<string, string>(Path, (_, _, _) => new("x"));
        }

        await a.OpenSessionAsync();
        await b.OpenSessionAsync();
        var seen = new HashSet<SessionId>();
        await foreach (var answer in a.OpenSession().Messages.SendRequestToFilterAsync<string, string>(
            "$Principal is 'p'", Path, "", new RequestOptions { Timeout = TimeSpan.FromMinutes(1) }))
        {
            Assert.Equal("x", answer.Response);
            Assert.True(seen.Add(answer.Session));
            if (seen.Count % 1000 == 0)
                await Task.Yield();
        }

        Assert.Equal(World.ManySessions, seen.Count);
    }

    [Fact]
    public async Task Large_answers_of_many_sessions_all_come_D8()
    {
        const int Sessions = 60;
        var (a, b) = await StartTwoAsync();
        // All of them might wait at the gateway, should nobody be quick enough to tell how large they are.
        var answer = new byte[1024 * 1024];
        for (var i = 0; i < Sessions; i++)
            b.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, byte[]>(Path, (_, _, _) => new(answer));
        await b.OpenSessionAsync();

        var seen = new HashSet<SessionId>();
        await foreach (var response in a.OpenSession().Messages.SendRequestToFilterAsync<string, byte[]>(
            "$Principal is 'p'", Path, "", new RequestOptions { Timeout = TimeSpan.FromMinutes(1) }))
        {
            Assert.Equal(answer.Length, response.Response.Length);
            Assert.True(seen.Add(response.Session));
        }

        Assert.Equal(Sessions, seen.Count);
    }

    [Fact]
    public async Task Who_reads_slowly_slows_the_sending_down()
    {
        // What a gateway may send ahead of its reader.
        const int Window = 1024;
        var sessions = Math.Min(5000, World.ManySessions);
        // Sessions that have not answered for a while do not count; by this clock no time passes, however busy the machine is.
        var (a, b) = await StartTwoAsync(static options => options.TimeProvider = new StandingClock());
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var (executed, taken, ahead) = (0, 0, 0);
        for (var i = 0; i < sessions; i++)
        {
            b.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, string>(Path, (_, _, _) =>
            {
                var now = Interlocked.Increment(ref executed) - Volatile.Read(ref taken);
                for (var most = Volatile.Read(ref ahead); now > most; most = Volatile.Read(ref ahead))
                    Interlocked.CompareExchange(ref ahead, now, most);
                return new("x");
            });
        }

        await b.OpenSessionAsync();
        await foreach (var answer in a.OpenSession().Messages.SendRequestToFilterAsync<string, string>(
            "$Principal is 'p'", Path, "", new RequestOptions { Timeout = TimeSpan.FromHours(1) }, limit.Token))
        {
            Assert.Equal("x", answer.Response);
            // The first answer is looked at for as long as the gateway goes on sending.
            if (taken == 0)
                await Eventually.TrueAsync(() => Volatile.Read(ref executed) >= Window, "the window is full");
            Interlocked.Increment(ref taken);
        }

        Assert.Equal((sessions, sessions), (executed, taken));
        Assert.InRange(ahead, Window, 2 * Window);
    }

    [Fact]
    public async Task A_filter_request_that_waits_for_the_connection_is_sent_with_it()
    {
        var (a, b) = await StartTwoAsync();
        var target = await OpenAsync(b, "x");
        var sender = a.OpenSession();
        var callback = new CollectingCallback();
        Task<int>? count = null;

        await World.ReconnectAsync(a, () => count = sender.Messages.SendRequestToFilterAsync("Department is 'x'", Path, "", callback));

        Assert.Equal(1, await count!);
        await callback.ReceiveAsync(1);
        Assert.Equal([target.Id], callback.Responses.Keys);
    }

    [Fact]
    public async Task Sessions_are_found_again_when_their_gateway_has_connected_anew()
    {
        var (a, b) = await StartTwoAsync();
        await OpenAsync(b, "x");
        var sender = a.OpenSession();

        await World.ReconnectAsync(b);

        // A request that was on its way to the inbox of before fails; that there is no such session is never said.
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    Assert.Equal(1, await sender.Messages.SendRequestToFilterAsync("Department is 'x'", Path, "", new CollectingCallback()));
                    return true;
                }
                catch (CommunicationFailureException)
                {
                    return false;
                }
            },
            "the session is found");
    }

    private static readonly Comparer<SessionId> Ids = Comparer<SessionId>.Create((one, two) => string.CompareOrdinal(one.ToString(), two.ToString()));

    // What the first one's gateways had to say of requests before this one has been said: it takes the same ways after them.
    private static async Task PassAsync(IGateway gateway, int sessions)
    {
        var callback = new CollectingCallback();
        Assert.Equal(sessions, await gateway.OpenSession().Messages.SendRequestToFilterAsync("has Department", Path, "pass", callback));
        await callback.ReceiveAsync(sessions);
    }

    private static async Task<ISession> OpenAsync(IGateway gateway, string department)
    {
        var session = await gateway.OpenSessionAsync(new SessionOptions { Properties = new Dictionary<string, string> { ["Department"] = department } });
        session.Messages.SetRequestStream<string, string>(Path, (_, text, _) => new($"{text}, {session.Id}"));
        return session;
    }
}
