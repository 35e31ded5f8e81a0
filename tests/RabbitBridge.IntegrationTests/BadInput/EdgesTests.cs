using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>What a client gives stays a value: nothing of it becomes protocol, and nothing of it costs the connection.</summary>
[Collection(BrokerGroup.Name)]
public sealed class EdgesTests(BrokerFixture broker) : BadInputTest(broker)
{
    [Fact]
    public async Task A_plain_request_with_the_content_type_of_a_frame_is_no_frame_D2()
    {
        var reply = await Client.CallAsync(Names.Request, "a", Pack(frame => FrameWriter.Write(frame, Request("a"))), properties =>
        {
            properties.ContentType = Frame;
            properties.UserId = GatewayUser;
        });

        Assert.Equal(("error", "INVALID_DATA"), (reply.Status, reply.Error));
        Assert.Contains("reserved", reply.Text, StringComparison.Ordinal);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(Frame)]
    [InlineData("application/vnd.rabbitbridge.probe")]
    [InlineData("no media type")]
    [InlineData("text/plain; charset=iso-8859-1")]
    public async Task A_session_cannot_send_a_content_type_that_is_none_D2_x2(string contentType)
    {
        var session = Other.OpenSession();
        foreach (var path in new[] { "a", "nobody/handles/this" })
        {
            await Assert.ThrowsAsync<InvalidMessageDataException>(
                () => session.Messages.SendRequestAsync(path, Array.Empty<byte>(), new RawDataType(contentType), DataTypes.Binary));
        }

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => session.Messages.SendRequestToFilterAsync(
            SessionFilter.Parse("all"), "a", Array.Empty<byte>(), new CollectingCallback(), new RawDataType(contentType), DataTypes.Text));
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(131_000)]
    [InlineData(1_000_000)]
    public async Task A_path_that_no_message_has_room_for_ends_its_own_call_S12(int length)
    {
        var session = Other.OpenSession();

        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(new string('x', length)));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(string.Join('/', Enumerable.Repeat("x", length / 2))));
        // The longest that is allowed.
        await Assert.ThrowsAsync<UnhandledMessageException>(() => session.AskAsync(new string('x', 4096)));
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(300, 0)]
    [InlineData(0, 200_000)]
    public async Task What_no_message_has_room_for_is_not_published_whatever_the_entrances_let_in_S12(int contentType, int traceParent)
    {
        for (var i = 0; i < 3; i++)
        {
            RabbitMqWorld.Fabric(Other).TryPublish(
                Request("a") with { ContentType = $"text/{new string('x', contentType)}", TraceParent = new string('x', traceParent), RemainingMilliseconds = 1000 }, branch: null);
        }

        // The publisher takes them before what comes now.
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("$a")]
    [InlineData("$rabbitbridge/gateways")]
    public async Task Paths_of_gateways_are_not_for_applications_D2(string path)
    {
        var session = Other.OpenSession();

        await Assert.ThrowsAsync<InvalidPathException>(() => session.AskAsync(path));
        await Assert.ThrowsAsync<InvalidPathException>(() => session.Messages.AddRequestHandlerAsync<string, string>(path, (_, _, _) => new("")));
        Assert.Throws<InvalidPathException>(() => session.Messages.SetRequestStream<string, string>(path, (_, _, _) => new("")));
        var reply = await CallRootAsync(path.Replace('/', '.'));
        Assert.Equal(("error", "INVALID_PATH"), (reply.Status, reply.Error));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_plain_answer_completes_only_what_was_asked_over_the_plain_plane_D26()
    {
        var (holder, call, id) = await HoldAsync();

        await Client.PublishAsync("", Inbox(Other), Utf8("FORGED"), properties =>
        {
            properties.CorrelationId = $"{id}";
            properties.ContentType = ContentTypes.Text;
        });

        await Eventually.TrueAsync(() => Faults(Other, InputFault.ForgedResponse) == 1, "it is counted");
        Assert.False(call.IsCompleted);
        holder.AnswerAll("right");
        Assert.Equal("right", await call);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("no media type", 1)]
    [InlineData(ContentTypes.Text, 65 * 1024)]
    public async Task A_plain_answer_that_is_forged_and_unreadable_too_is_one_fault_D26(string contentType, int bytes)
    {
        var (holder, call, id) = await HoldAsync();

        await Client.PublishAsync("", Inbox(Other), new byte[bytes], properties =>
        {
            properties.CorrelationId = $"{id}";
            properties.ContentType = contentType;
        });

        await Eventually.TrueAsync(() => Faults(Other, InputFault.ForgedResponse) == 1, "it is counted");
        Assert.Equal((0, 0), (Faults(Other, InputFault.MalformedResponse), Faults(Other, InputFault.Oversized)));
        Assert.False(call.IsCompleted);
        holder.AnswerAll("right");
        Assert.Equal("right", await call);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_gateway_that_was_not_asked_completes_nothing_D2b()
    {
        var (holder, call, id) = await HoldAsync();
        await using var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);

        await peer.SendAsync(Inbox(Other), frame => FrameWriter.Write(frame, new ResponseEnvelope { Id = id, ContentType = ContentTypes.Text, Payload = Utf8("FORGED") }));

        await Eventually.TrueAsync(() => Faults(Other, InputFault.ForgedResponse) == 1, "it is counted");
        Assert.False(call.IsCompleted);
        holder.AnswerAll("right");
        Assert.Equal("right", await call);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task The_numbers_of_calls_tell_nothing_of_the_next_ones_D26()
    {
        var numbers = new List<long>();
        var queue = await Client.ServeAsync(async request =>
        {
            numbers.Add(long.Parse(request.BasicProperties.CorrelationId!, System.Globalization.CultureInfo.InvariantCulture));
            await Client.AnswerAsync(request.BasicProperties, "ok");
        });
        await Client.Channel.QueueBindAsync(queue, Names.Level(1), "service.#");
        var session = Other.OpenSession();

        for (var i = 0; i < 20; i++)
            await session.AskAsync("service");

        Assert.Equal(20, numbers.Distinct().Count());
        var distances = numbers.Zip(numbers.Skip(1), static (one, next) => Math.Abs(next - one)).ToArray();
        Assert.Equal(distances.Length, distances.Distinct().Count());
        Assert.All(distances, distance => Assert.True(distance > 1_000_000, $"{distance}"));
    }

    [Fact]
    public async Task An_answer_is_not_sent_to_a_queue_of_gateways_D26()
    {
        foreach (var address in new[] { Inbox(Other), HandlerQueue, Names.Inbox("x", 1, 1), Names.DeadLetter })
        {
            Assert.True(await Client.PublishAsync(Names.Request, "a", Utf8("x"), properties =>
            {
                properties.ContentType = ContentTypes.Text;
                properties.ReplyTo = address;
                properties.CorrelationId = "1";
            }));
            Assert.True(await Client.PublishAsync(Names.Project, Target.Name, Utf8("{}"), properties => properties.ReplyTo = address));
        }

        await Target.OpenSessionAsync();
        Assert.True(await Client.PublishAsync(Names.Session, "a", Utf8("x"), properties =>
        {
            properties.ReplyTo = Inbox(Other);
            properties.Headers = new Dictionary<string, object?> { ["rb-filter"] = "all" };
        }));

        await AwaitCountAsync(InputFault.ForbiddenReplyAddress, 9);
        Assert.Equal(0, Faults(Other, InputFault.MalformedResponse));
        await AssertUnharmedAsync(gateways: 2);
    }

    [Theory]
    [InlineData("public", "admin/delete")]
    [InlineData("public", "public/x")]
    [InlineData("public.x", "public")]
    [InlineData("", "admin")]
    public async Task The_path_header_is_what_the_key_was_cut_from_D27(string key, string path)
    {
        await Target.OpenSession().Messages.AddRequestHandlerAsync<string, string>("/", (text, context, _) => new(context.Path));

        var reply = await Client.CallAsync(Names.Level(0), key, Utf8("x"), properties =>
        {
            properties.ContentType = ContentTypes.Text;
            properties.Headers = new Dictionary<string, object?> { ["rb-path"] = path };
        });

        Assert.Equal(("error", "INVALID_PATH"), (reply.Status, reply.Error));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_path_header_completes_a_key_that_had_to_be_cut_D27()
    {
        await Target.OpenSession().Messages.AddRequestHandlerAsync<string, string>("/", (text, context, _) => new(context.Path));
        var path = $"long/{new string('x', 200)}/{new string('y', 100)}";

        var reply = await Client.CallAsync(Names.Request, RoutingKeys.ForRequest(MessagePath.Parse(path)).Key, Utf8("x"), properties =>
        {
            properties.ContentType = ContentTypes.Text;
            properties.Headers = new Dictionary<string, object?> { ["rb-path"] = path };
        });

        Assert.Equal(path, reply.Text);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "\"json\"", "json!")]
    [InlineData("text/plain;charset=UTF-8", "text", "text!")]
    public async Task Media_types_are_compared_by_type_S1(string contentType, string body, string answer)
    {
        await Target.OpenSession().Messages.AddRequestHandlerAsync(
            "j", new FunctionHandler<string, string>(text => $"{text}!"), DataTypes.Json<string>(), DataTypes.Text);

        Assert.Equal(answer, (await Client.CallAsync(Names.Request, "j", Utf8(body), properties => properties.ContentType = contentType)).Text);

        var queue = await Client.ServeAsync(request => Client.AnswerAsync(request.BasicProperties, body, properties => properties.ContentType = contentType));
        await Client.Channel.QueueBindAsync(queue, Names.Level(1), "service.#");
        Assert.Equal(answer[..^1], await Other.OpenSession().Messages.SendRequestAsync("service", "x", DataTypes.Text, DataTypes.Json<string>()));
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "iso-8859-1")]
    [InlineData("nonsense", "media type")]
    public async Task A_content_type_that_cannot_be_read_is_told_to_who_asks_S1(string contentType, string problem)
    {
        var reply = await Client.CallAsync(Names.Request, "a", Utf8("x"), properties => properties.ContentType = contentType);
        Assert.Equal(("error", "INVALID_DATA"), (reply.Status, reply.Error));
        Assert.Contains(problem, reply.Text, StringComparison.Ordinal);

        var queue = await Client.ServeAsync(request => Client.AnswerAsync(request.BasicProperties, "x", properties => properties.ContentType = contentType));
        await Client.Channel.QueueBindAsync(queue, Names.Level(1), "service.#");
        var refused = await Assert.ThrowsAsync<InvalidMessageDataException>(() => Other.OpenSession().AskAsync("service"));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        await AssertUnharmedAsync();
    }

    private static long Faults(IGateway gateway, InputFault fault) => RabbitMqWorld.Fabric(gateway).Faults.Count(fault);

    /// <summary>A request of the other gateway that the target has in hand, with its number.</summary>
    private async Task<(HoldingHandler Handler, Task<string> Call, long Id)> HoldAsync()
    {
        var handler = new HoldingHandler();
        await Target.OpenSession().Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)handler);
        var call = Other.OpenSession().AskAsync("held", "x");
        await handler.ReceiveAsync();
        return (handler, call, Assert.Single(((Gateways.GatewayEngine)Other).Calls.Where(_ => true)).Id);
    }

    // With a handler for everything, so that the broker brings it to a gateway.
    private async Task<PlainReply> CallRootAsync(string key)
    {
        await Target.OpenSession().Messages.AddRequestHandlerAsync<string, string>("/", (_, _, _) => new("reached"));
        return await Client.CallAsync(Names.Request, key, Utf8("x"), properties => properties.ContentType = ContentTypes.Text);
    }
}
