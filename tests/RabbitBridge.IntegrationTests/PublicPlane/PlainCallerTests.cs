using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.PublicPlane;

/// <summary>Services that know only AMQP call handlers.</summary>
[Collection(BrokerGroup.Name)]
public sealed class PlainCallerTests(BrokerFixture broker) : BrokerTest(broker)
{
    [Fact]
    public async Task A_plain_caller_gets_the_answer_of_the_most_specific_handler()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (text, context, _) => new($"a {context.Path} {text}"));
        await b.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a/b", (text, context, _) => new($"a/b {context.Path} {text}"));
        var caller = await ConnectAsync();

        foreach (var entry in new[] { Names.Request, Names.Level(3) })
        {
            var reply = await caller.CallAsync(entry, "a.b.c", Utf8("hello"), properties => properties.ContentType = "text/plain");
            Assert.Equal(("ok", null, "text/plain", "a/b a/b/c hello"), (reply.Status, reply.Error, reply.ContentType, reply.Text));
        }

        Assert.Equal("a a/x hello", (await caller.CallAsync(Names.Request, "a.x", Utf8("hello"), properties => properties.ContentType = "text/plain")).Text);
    }

    [Fact]
    public async Task Requests_that_take_long_or_cannot_be_read_do_not_hold_up_the_acknowledgement_of_others()
    {
        var a = await StartGatewayAsync("a");
        var handler = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", handler);
        await a.OpenSession().AnswerAsync("a/b", "here");
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a/c", (_, context, _) => new(context.Path));
        var caller = await ConnectAsync();
        var held = caller.CallAsync(Names.Request, "a.slow", Utf8("hello"), properties => properties.ContentType = "text/plain");
        var first = await handler.ReceiveAsync();

        // More than the gateway takes without acknowledging, twice over, on each of two branches that share a channel with the held one.
        for (var batch = 0; batch < 5; batch++)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 240).Select(i => caller.CallAsync(
                Names.Request, i % 2 == 0 ? "a.b" : i % 5 == 0 ? "a.c.%zz" : "a.c.x", Utf8("hello"), properties => properties.ContentType = "text/plain")));
            Assert.Equal(Enumerable.Range(0, 240).Select(i => i % 2 == 0 ? "here" : i % 5 == 0 ? "INVALID_PATH" : "a/c/x"), replies.Select(reply => reply.Error ?? reply.Text));
        }

        first.Responder.Respond("at last");
        Assert.Equal("at last", (await held).Text);
        Assert.Equal("here", (await caller.CallAsync(Names.Request, "a.b", Utf8("hello"), properties => properties.ContentType = "text/plain")).Text);
        Assert.DoesNotContain(Log.Lines, line => line.Event is "ConsumerCancelled" or "FabricDown");
    }

    [Fact]
    public async Task A_plain_caller_has_no_session_and_no_properties()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().Messages.AddRequestHandlerAsync<byte[], string>(
            "who",
            (body, context, _) => new($"{context.SessionId} {context.SessionProperties.Count} {body.Length}"),
            new RequestHandlerOptions { SessionProperties = [SessionProperty.AllFixed, SessionProperty.AllUser] });
        var caller = await ConnectAsync();

        // Without a content type the body is bytes.
        Assert.Equal($"{default(SessionId)} 0 3", (await caller.CallAsync(Names.Request, "who", new byte[] { 1, 2, 3 })).Text);
    }

    [Theory]
    [InlineData("files/a.txt", "files.a%2Etxt")]
    [InlineData("100%/*/#", "100%25.%2A.%23")]
    [InlineData("ünï/日本", "ünï.日本")]
    public async Task Routing_keys_are_paths_with_their_special_characters_encoded(string path, string key)
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().Messages.AddRequestHandlerAsync<byte[], string>(path, (_, context, _) => new(context.Path));
        var caller = await ConnectAsync();

        Assert.Equal(path, (await caller.CallAsync(Names.Request, key, default)).Text);
        Assert.Equal($"{path}/x", (await caller.CallAsync(Names.Request, $"{key}.x", default)).Text);
    }

    [Fact]
    public async Task A_path_longer_than_its_key_comes_in_a_header()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().Messages.AddRequestHandlerAsync<byte[], string>("a", (_, context, _) => new(context.Path));
        var caller = await ConnectAsync();
        var path = $"a/{new string('x', 400)}/y";

        var reply = await caller.CallAsync(Names.Request, "a", default, properties => properties.Headers = new Dictionary<string, object?> { ["rb-path"] = path });

        Assert.Equal(path, reply.Text);
    }

    [Fact]
    public async Task Errors_carry_their_reason_by_name()
    {
        var a = await StartGatewayAsync("a");
        var session = a.OpenSession();
        await session.Messages.AddRequestHandlerAsync<string, string>("reject", (_, _, _) => throw new RejectedRequestException("no, thanks"));
        await session.Messages.AddRequestHandlerAsync<string, string>("throw", (_, _, _) => throw new FormatException("secret"));
        await session.AnswerAsync("text", "read");
        var caller = await ConnectAsync();

        await AssertErrorAsync("reject", "text/plain", "hello", "REJECTED_REQUEST", "no, thanks");
        Assert.DoesNotContain("secret", (await AssertErrorAsync("throw", "text/plain", "hello", "CALLBACK_EXCEPTION")).Text, StringComparison.Ordinal);
        await AssertErrorAsync("text", "application/vnd.rabbitbridge.int64", "1", "INCOMPATIBLE_DATATYPE");
        await AssertErrorAsync("text", "application/x-unheard-of", "1", "INCOMPATIBLE_DATATYPE");

        async Task<PlainReply> AssertErrorAsync(string key, string contentType, string body, string error, string? text = null)
        {
            var reply = await caller.CallAsync(Names.Request, key, Utf8(body), properties => properties.ContentType = contentType);
            Assert.Equal(("error", error), (reply.Status, reply.Error));
            Assert.Equal("text/plain", reply.ContentType);
            Assert.Equal(text ?? reply.Text, reply.Text);
            return reply;
        }
    }

    [Fact]
    public async Task A_request_that_nobody_handles_comes_back_to_its_publisher()
    {
        await StartGatewayAsync("a");
        var caller = await ConnectAsync();

        Assert.False(await caller.PublishAsync(Names.Request, "nobody.here", default));
        Assert.False(await caller.PublishAsync(Names.Level(2), "nobody.here", default));
    }

    [Fact]
    public async Task A_request_without_a_reply_address_is_executed_and_its_answer_dropped()
    {
        var a = await StartGatewayAsync("a");
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var caller = await ConnectAsync();
        var view = await LookAsync();

        Assert.True(await caller.PublishAsync(Names.Request, "a", Utf8("hello"), properties => properties.ContentType = "text/plain"));
        (await held.ReceiveAsync()).Responder.Respond("for nobody");

        // It is done with: neither waiting in the queue nor unacknowledged, from where it would come again.
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.HandlerQueue(MessagePath.Parse("a")))).Messages == 0, "the queue is empty");
        var reply = await caller.CallAsync(Names.Request, "a.again", Utf8("x"), properties =>
        {
            properties.ContentType = "text/plain";
            properties.Expiration = "2000";
        });
        Assert.Equal("REQUEST_TIME_OUT", reply.Error);
        Assert.Equal(2, held.Requests.Count);
        Assert.DoesNotContain(Log.Lines, line => line.Exception is not null);
    }

    [Fact]
    public async Task A_plain_caller_is_told_when_its_time_is_over()
    {
        var a = await StartGatewayAsync("a", options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var caller = await ConnectAsync();

        // By the gateway's default, having set no time of its own.
        var reply = await caller.CallAsync(Names.Request, "a", Utf8("x"), properties => properties.ContentType = "text/plain");

        Assert.Equal(("error", "REQUEST_TIME_OUT"), (reply.Status, reply.Error));
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the responder is told as well");
    }

    [Fact]
    public async Task A_reply_queue_that_has_gone_disturbs_nobody()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync("a", "answer");
        var caller = await ConnectAsync();

        for (var i = 0; i < 10; i++)
            await caller.PublishAsync(Names.Request, "a", Utf8("x"), properties => (properties.ContentType, properties.ReplyTo) = ("text/plain", "gone"));

        var reply = await caller.CallAsync(Names.Request, "a", Utf8("x"), properties => properties.ContentType = "text/plain");
        Assert.Equal("answer", reply.Text);
    }

    [Fact]
    public async Task Sessions_and_plain_callers_share_a_handler()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("echo", (text, _, _) => new(text));
        var caller = await ConnectAsync();
        var sender = b.OpenSession();

        var calls = Enumerable.Range(0, 200).Select(async number => number % 2 == 0
            ? await sender.AskAsync("echo", $"{number}")
            : (await caller.CallAsync(Names.Request, "echo", Utf8($"{number}"), properties => properties.ContentType = "text/plain")).Text);

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{number}"), await Task.WhenAll(calls));
    }
}
