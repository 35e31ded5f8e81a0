using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using RabbitBridge.ContractTests;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>What a remote client may say, in every field that it can set: values stay values.</summary>
public sealed class EdgesTests : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _things = [];
    private readonly Counted _counted = Counted.Start();
    private RemoteGateway _gateway = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _gateway = Add(new RemoteGateway(new GatewayOptions { Name = "edges" }, new InMemoryBroker())
        {
            Settings = new Dictionary<string, string?>
            {
                ["Remote:AllowedOrigins:0"] = "https://app.example.com",
                ["Remote:MaxRequestBytes"] = "65536",
                ["Remote:MaxHandlers"] = "3",
                ["Remote:MaxListeners"] = "2",
                ["Remote:MaxQueueBytes"] = "65536",
            },
        });
        await _gateway.StartAsync();
        _client = Add(await RawClient.ConnectAsync(_gateway.Address));
        Assert.Null((await _client.OpenAsync(new OpenRequest { Project = "X" })).Error);
    }

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
        _counted.Dispose();
    }

    public static TheoryData<string> BadContentTypes => new()
    {
        "application/vnd.rabbitbridge.frame",
        "application/vnd.rabbitbridge.probe",
        "APPLICATION/VND.RABBITBRIDGE.FRAME;x=1",
        "application/vnd.rabbitbridge.project-message",
        "x/" + new string('x', 254),
        new string('x', 200_000),
        "nothing",
        "text/plain; charset=utf-16",
        "",
    };

    [Theory]
    [MemberData(nameof(BadContentTypes))]
    public async Task A_request_of_no_type_that_values_have_is_refused_D2_x2(string contentType)
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 1) { Path = "a", ContentType = contentType, Payload = new byte[] { 1 } });
        await SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, 2) { Filter = "all", Path = "a", ContentType = contentType, Payload = new byte[] { 1 } });

        foreach (var id in new long[] { 1, 2 })
            Assert.Equal(ErrorReason.InvalidData, (await ErrorOfAsync(id)).Reason);
        await AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(BadContentTypes))]
    public async Task An_answer_of_no_type_that_values_have_is_refused_to_who_asked_D2(string contentType)
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 1) { Path = "mine" });
        await ReceiveAsync(RemoteMessageType.Response, 1);
        var other = await _gateway.OpenSessionAsync();
        var call = other.AskAsync("mine");
        var delivery = await Eventually.ValueAsync(() => _client.Messages.FirstOrDefault(message => message.Type == RemoteMessageType.Delivery), "the request is delivered");

        await SendAsync(new RemoteMessage(RemoteMessageType.Response, delivery.Id) { ContentType = contentType, Payload = new byte[] { 1 } });

        await Assert.ThrowsAsync<InvalidMessageDataException>(() => call);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("$a")]
    [InlineData("$rabbitbridge/x")]
    [InlineData("a\u0007")]
    public async Task A_path_that_is_none_is_refused_S12(string path)
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 1) { Path = path, ContentType = ContentTypes.Text });
        await SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, 2) { Filter = "all", Path = path, ContentType = ContentTypes.Text });

        foreach (var id in new long[] { 1, 2 })
            Assert.Equal(ErrorReason.InvalidPath, (await ErrorOfAsync(id)).Reason);
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_path_that_no_message_has_room_for_is_refused_S12()
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 1) { Path = new string('x', 131_000), ContentType = ContentTypes.Text });

        Assert.Equal(ErrorReason.InvalidPath, (await ErrorOfAsync(1)).Reason);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-xyz-1")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-00")]
    public async Task A_trace_context_that_is_none_is_passed_over_S12(string trace)
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 1) { Path = "mine" });
        await ReceiveAsync(RemoteMessageType.Response, 1);
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 2) { Path = "mine", ContentType = ContentTypes.Text, TraceParent = trace + new string('x', trace.Length * 1000) });

        var delivery = await Eventually.ValueAsync(() => _client.Messages.FirstOrDefault(message => message.Type == RemoteMessageType.Delivery), "the request is delivered");

        Assert.Null(delivery.TraceParent);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("https://app.example.com.evil.example")]
    public async Task A_page_from_elsewhere_opens_no_WebSocket_D24(string origin)
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Forbidden, (await UpgradeAsync(origin)).Status);

        var line = Assert.Single(_gateway.Log.Lines, static line => line.Event == "OriginRefused");
        Assert.Contains($"{origin} ", line.Text, StringComparison.Ordinal);
        Assert.Equal(3, _counted.Of(_gateway.Meter, "rabbitbridge.remote.refusals")["origin"]);
    }

    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData(null)]
    [InlineData("own")]
    public async Task Other_pages_and_programs_do_D24(string? origin)
    {
        var (status, socket) = await UpgradeAsync(origin == "own" ? _gateway.Address.GetLeftPart(UriPartial.Authority) : origin);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        socket.Abort();
    }

    [Fact]
    public async Task A_reason_of_any_length_reaches_who_asked_shortened()
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 1) { Path = "mine" });
        await ReceiveAsync(RemoteMessageType.Response, 1);
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 2) { Path = "mine", ContentType = ContentTypes.Text });
        var delivery = await Eventually.ValueAsync(() => _client.Messages.FirstOrDefault(message => message.Type == RemoteMessageType.Delivery), "the request is delivered");

        await SendAsync(RemoteMessage.Failed(delivery.Id, ErrorReason.RejectedRequest, new string('x', 3_000_000)));

        var (reason, text) = await ErrorOfAsync(2);
        Assert.Equal(ErrorReason.RejectedRequest, reason);
        Assert.Equal(new string('x', 4095) + "…", text);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Handlers_and_listeners_beyond_what_a_client_may_have_are_refused()
    {
        await SendAsync(new RemoteMessage(RemoteMessageType.AddMessageHandler, 1) { Text = "h" });
        for (var id = 2; id <= 4; id++)
            await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, id) { Path = $"mine/{id}" });
        await SendAsync(new RemoteMessage(RemoteMessageType.AddMessageHandler, 5) { Text = "i" });
        for (var id = 6; id <= 8; id++)
            await SendAsync(new RemoteMessage(RemoteMessageType.AddListener, id) { Filter = "$Principal is 'nobody'" });

        foreach (var (id, limit) in new[] { (4, "MaxHandlers"), (5, "MaxHandlers"), (8, "MaxListeners") })
        {
            var (reason, text) = await ErrorOfAsync(id);
            Assert.Equal(ErrorReason.Overloaded, reason);
            Assert.Contains(limit, text, StringComparison.Ordinal);
        }

        foreach (var id in new[] { 1, 2, 3, 6, 7 })
            await ReceiveAsync(RemoteMessageType.Response, id);
        // One that is removed makes room.
        await SendAsync(new RemoteMessage(RemoteMessageType.RemoveHandler, 9) { Path = "mine/2" });
        await ReceiveAsync(RemoteMessageType.Response, 9);
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 10) { Path = "mine/10" });
        await ReceiveAsync(RemoteMessageType.Response, 10);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Requests_of_more_bytes_than_may_wait_for_answers_are_refused()
    {
        var held = new HoldingHandler();
        var other = await _gateway.OpenSessionAsync();
        await other.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held);
        other.AnswerOnStream("stream", "answer");

        // The first is larger than all may be together.
        foreach (var (id, bytes) in new[] { (1, 70_000), (2, 1) })
            await SendAsync(new RemoteMessage(RemoteMessageType.Request, id) { Path = "held", ContentType = ContentTypes.Text, Payload = Ascii(bytes) });
        await SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, 3) { Filter = "all", Path = "stream", ContentType = ContentTypes.Text, Payload = Ascii(1) });

        foreach (var id in new[] { 2, 3 })
        {
            var (reason, text) = await ErrorOfAsync(id);
            Assert.Equal(ErrorReason.Overloaded, reason);
            Assert.Contains("MaxRequestBytes", text, StringComparison.Ordinal);
        }

        (await held.ReceiveAsync()).Responder.Respond("answer");
        await ReceiveAsync(RemoteMessageType.Response, 1);
        // The filter is kept as well.
        other.Messages.SetRequestStream("silent", (IRequestStream<string, string>)new HoldingHandler());
        var filter = $"$SessionId is '{other.Id}' or $Principal is '{new string('x', 40_000)}'";
        await SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, 5) { Filter = filter, Path = "silent", ContentType = ContentTypes.Text, Payload = Ascii(1) });
        await ReceiveAsync(RemoteMessageType.FilterCount, 5);
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 6) { Path = "held", ContentType = ContentTypes.Text, Payload = Ascii(1) });
        Assert.Equal(ErrorReason.Overloaded, (await ErrorOfAsync(6)).Reason);
        await SendAsync(new RemoteMessage(RemoteMessageType.Cancel, 5));
        await SendAsync(new RemoteMessage(RemoteMessageType.FilterRequest, 4) { Filter = $"$SessionId is '{other.Id}'", Path = "stream", ContentType = ContentTypes.Text, Payload = Ascii(70_000) });
        await ReceiveAsync(RemoteMessageType.FilterAnswer, 4);
        await AssertServesAsync();
    }

    private static byte[] Ascii(int bytes) => [.. Enumerable.Repeat((byte)'x', bytes)];

    [Fact]
    public async Task Names_and_keys_beyond_what_there_may_be_are_refused()
    {
        var keys = Enumerable.Range(0, 257).Select(i => $"k{i}").ToArray();
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 1) { Path = "mine", Names = keys });
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 2) { Path = "mine", Names = [new string('k', 256)] });
        await SendAsync(new RemoteMessage(RemoteMessageType.AddListener, 3) { Filter = "all", Names = keys });
        await SendAsync(new RemoteMessage(RemoteMessageType.AddMessageHandler, 4) { Text = new string('h', 256) });

        for (var id = 1; id <= 4; id++)
            Assert.Equal(ErrorReason.InvalidData, (await ErrorOfAsync(id)).Reason);
        await SendAsync(new RemoteMessage(RemoteMessageType.AddHandler, 5) { Path = "mine", Names = keys[1..] });
        await ReceiveAsync(RemoteMessageType.Response, 5);
        await AssertServesAsync();
    }

    [Fact]
    public async Task What_comes_behind_a_close_is_not_executed()
    {
        var held = new HoldingHandler();
        var other = await _gateway.OpenSessionAsync();
        await other.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held);

        await SendAsync(
            new RemoteMessage(RemoteMessageType.Request, 1) { Path = "held", ContentType = ContentTypes.Text },
            new RemoteMessage(RemoteMessageType.Close),
            new RemoteMessage(RemoteMessageType.Request, 2) { Path = "held", ContentType = ContentTypes.Text },
            new RemoteMessage(RemoteMessageType.Routes, 3));
        await _client.Closed;

        Assert.Contains(_client.Messages, message => message.Type == RemoteMessageType.Closed);
        Assert.DoesNotContain(_client.Messages, message => message.Id is 2 or 3);
    }

    private async Task<(HttpStatusCode Status, ClientWebSocket Socket)> UpgradeAsync(string? origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new UriBuilder(_gateway.Address) { Scheme = "ws", Path = "/rabbitbridge" }.Uri, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The status tells.
        }

        return (socket.HttpStatusCode, socket);
    }

    // The client is connected as before, and another one notices nothing.
    private async Task AssertServesAsync()
    {
        var other = await _gateway.OpenSessionAsync();
        other.AnswerOnStream("here", "yes");
        Assert.Equal("yes", await other.AskAsync(other.Id, "here"));
        await SendAsync(new RemoteMessage(RemoteMessageType.Request, 1000) { Session = other.Id, Path = "here", ContentType = ContentTypes.Text });
        await ReceiveAsync(RemoteMessageType.Response, 1000);
        Assert.True(_client.IsConnected);
    }

    private async Task<(ErrorReason Reason, string Text)> ErrorOfAsync(long id)
    {
        var message = await ReceiveAsync(RemoteMessageType.Error, id);
        return ((ErrorReason)message.Reason, message.Text);
    }

    private Task<RemoteMessage> ReceiveAsync(RemoteMessageType type, long id) => _client.ReceiveAsync(type, id);

    private Task SendAsync(params ReadOnlySpan<RemoteMessage> messages) => _client.SendAsync(messages);

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
