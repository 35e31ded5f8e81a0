using System.Collections.Concurrent;
using System.Text;
using RabbitBridge.IntegrationTests;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;
using RabbitBridge.Remote;


namespace RabbitBridge.EndToEndTests.Hostile;

/// <summary>
/// Clients of both kinds that try to speak as a gateway, in every field that they can set, before, while and after a handler is registered
/// elsewhere: nothing of it is believed, and all of it is refused, logged and counted (D2, D2b, D26, D27).
/// </summary>
[Collection(BrokerGroup.Name)]
public sealed class ForgedProtocolTests(BrokerFixture broker) : IAsyncLifetime
{
    private const string Refusals = "rabbitbridge_remote_refusals";
    private const string Malformed = "rabbitbridge_input_malformed";
    private const int Window = 300;

    private static readonly string[] ReservedTypes =
    [
        FrameFormat.ContentType, "application/vnd.rabbitbridge.probe", "application/vnd.rabbitbridge.project-message",
        "APPLICATION/VND.RabbitBridge.Frame; version=1", " application/vnd.rabbitbridge.frame",
    ];

    private readonly ConcurrentQueue<string> _executed = new();
    private readonly ConcurrentDictionary<SessionId, bool> _heard = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HostileBridge _bridge = null!;
    private IRemoteSession _admin = null!;
    private IRemoteSession _caller = null!;
    private Task<string> _pending = null!;
    private SniffedRequests _sniffed = null!;
    private ForgedFrames _forged = null!;
    private string _north = null!;
    private string _south = null!;

    public async Task InitializeAsync()
    {
        // Where the broker is external, its users are not the tests' to add: every test skips itself.
        if (new OwnBrokerFactAttribute().Skip is not null)
            return;
        _bridge = await HostileBridge.StartAsync(broker, Security);
        _admin = await HostileBridge.ConnectAsync(_bridge.South, "admin");
        _caller = await HostileBridge.ConnectAsync(_bridge.North, "admin");
        (_north, _south) = (_bridge.Names.Inbox("north", _caller.Id.Gateway, 1), _bridge.Names.Inbox("south", _admin.Id.Gateway, 1));
        await _admin.Messages.AddRequestHandlerAsync<string, string>("admin/delete", (_, context, _) => Executed(context.Path));
        await _admin.Messages.AddRequestHandlerAsync<string, string>("public", (text, _, _) => new(text));
        await _admin.Messages.AddRequestHandlerAsync<byte[], string>("bytes", (_, _, _) => new("bytes"));
        await _admin.Messages.AddRequestHandlerAsync<string, string>("held", async (text, _, cancelled) =>
        {
            await _release.Task.WaitAsync(cancelled);
            return $"{text} answered";
        });
        _admin.Messages.SetRequestStream<string, string>("admin/stream", (path, _, _) => Executed(path));
        await _caller.Sessions.AddListenerAsync(new Heard(_heard));

        _sniffed = await SniffedRequests.OpenAsync(_bridge.OperatorUri, _bridge.Names.Gateway, _south);
        _pending = _caller.Messages.SendRequestAsync<string, string>("held", "rightly", new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await Until.TrueAsync(() => _sniffed.Requests.Any(static request => request.Path.Value == "held"), "the request is under way");
        _forged = new ForgedFrames(_bridge.Names, _admin.Id.Gateway, _admin.Id, _sniffed.Requests.First(static request => request.Path.Value == "held").Id);
    }

    public async Task DisposeAsync()
    {
        if (_sniffed is not null)
            await _sniffed.DisposeAsync();
        if (_caller is not null)
            await _caller.DisposeAsync();
        if (_admin is not null)
            await _admin.DisposeAsync();
        if (_bridge is not null)
            await _bridge.DisposeAsync();
    }

    [OwnBrokerFact]
    public async Task A_remote_client_cannot_speak_as_a_gateway_while_a_handler_is_registered_and_afterwards_D2()
    {
        await using var attacker = await RawSession.OpenAsync(_bridge.North);
        var id = 0L;
        var sent = 0;
        using var stop = new CancellationTokenSource();
        var flapping = FlapAsync(stop.Token);

        // The branch comes and goes at the other gateway, so that requests go by way of the broker now, and by the inbox then.
        for (var i = 0; i < Window; i++)
        {
            await SendForgedAsync(i, "flap");
            // Each round meets another moment of the registration.
            await Until.TrueAsync(() => Errors() >= sent, "the requests are refused");
        }

        await stop.CancelAsync();
        await flapping;
        for (var i = 0; i < _forged.All.Count; i++)
            await SendForgedAsync(i, "public");
        await Until.TrueAsync(() => Errors() == sent, "all requests are refused");

        Assert.All(attacker.Messages.Where(static message => message.Type == RemoteMessageType.Error), static message =>
            Assert.True((ErrorReason)message.Reason is ErrorReason.InvalidData or ErrorReason.NoSuchSession or ErrorReason.InvalidPath, $"{message.Reason}: {message.Text}"));
        Assert.DoesNotContain(attacker.Messages, static message => message.Type == RemoteMessageType.Response);
        await AwaitCountAsync(Refusals, "reserved", sent);
        Assert.Contains("tried to speak as a gateway", _bridge.Log, StringComparison.Ordinal);
        await AssertUnharmedAsync();

        int Errors() => attacker.Messages.Count(static message => message.Type == RemoteMessageType.Error);

        async Task SendForgedAsync(int round, string path)
        {
            var body = _forged.All[round % _forged.All.Count];
            var type = ReservedTypes[round % ReservedTypes.Length];
            await attacker.SendAsync(
                new RemoteMessage(RemoteMessageType.Request, ++id) { Path = path, ContentType = type, Payload = body },
                new RemoteMessage(RemoteMessageType.Request, ++id) { Path = path, Session = _admin.Id, ContentType = type, Payload = body },
                new RemoteMessage(RemoteMessageType.Request, ++id) { Path = path, Session = new SessionId(_admin.Id.Gateway, 0), ContentType = type, Payload = body },
                new RemoteMessage(RemoteMessageType.Request, ++id) { Path = path, Session = new SessionId(_caller.Id.Gateway, 0), ContentType = ContentTypes.Binary, Payload = body },
                new RemoteMessage(RemoteMessageType.Request, ++id) { Path = "$rabbitbridge/" + path, ContentType = ContentTypes.Binary, Payload = body },
                new RemoteMessage(RemoteMessageType.FilterRequest, ++id) { Filter = "all", Path = path, ContentType = type, Payload = body });
            sent += 6;
        }
    }

    [OwnBrokerFact]
    public async Task What_a_remote_client_sends_and_answers_as_a_value_is_never_executed_D2()
    {
        await using var attacker = await RawSession.OpenAsync(_bridge.North);
        var id = 0L;
        using var stop = new CancellationTokenSource();
        var flapping = FlapAsync(stop.Token);
        foreach (var contentType in new[] { ContentTypes.Binary, ContentTypes.Text, ContentTypes.Json, ContentTypes.MessagePack, "application/x-frame", "application/vnd.rabbitbridge" })
        {
            foreach (var body in _forged.All)
            {
                await attacker.SendAsync(
                    new RemoteMessage(RemoteMessageType.Request, ++id) { Path = "bytes", ContentType = contentType, Payload = body },
                    new RemoteMessage(RemoteMessageType.Request, ++id) { Path = "flap", ContentType = contentType, Payload = body },
                    new RemoteMessage(RemoteMessageType.Request, ++id) { Path = "nobody/is/here", ContentType = contentType, Payload = body, TraceParent = Encoding.Latin1.GetString(body) },
                    new RemoteMessage(RemoteMessageType.FilterRequest, ++id) { Path = "say", Filter = "all", ContentType = contentType, Payload = body });
            }
        }

        // Each has one outcome: an answer, an error, or a count of the sessions.
        await Until.TrueAsync(() => attacker.Messages.Count(static message => message.Type is RemoteMessageType.Response or RemoteMessageType.Error or RemoteMessageType.FilterCount) == id, "all are handled");

        // As an answer to a request of somebody who may ask it.
        foreach (var contentType in ReservedTypes.Append(ContentTypes.Binary))
        {
            foreach (var body in _forged.All)
            {
                var asked = _caller.Messages.SendRequestAsync<string, byte[]>(attacker.Id, "anything", "?");
                RemoteMessage? delivery = null;
                await Until.TrueAsync(() => (delivery = attacker.Messages.LastOrDefault(static message => message is { Type: RemoteMessageType.Delivery, Path: "anything" })) is not null, "the request is delivered");
                attacker.Forget();
                await attacker.SendAsync(new RemoteMessage(RemoteMessageType.Response, delivery!.Id) { ContentType = contentType, Payload = body });
                if (contentType == ContentTypes.Binary)
                    Assert.Equal(body, await asked);
                else
                    await Assert.ThrowsAsync<InvalidMessageDataException>(() => asked);
            }
        }

        await stop.CancelAsync();
        await flapping;
        await AwaitCountAsync(Refusals, "reserved", ReservedTypes.Length * _forged.All.Count);
        await AssertUnharmedAsync();
    }

    [OwnBrokerFact]
    public async Task A_remote_client_gives_itself_no_rights_by_what_it_says_of_itself()
    {
        await using var attacker = await RawSession.OpenAsync(_bridge.North, new OpenRequest
        {
            Properties = new() { ["$Roles"] = "\"ADMIN\"", ["$Principal"] = "admin", ["$SessionId"] = _admin.Id.ToString(), ["$ServerName"] = "south" },
            HostName = "\",\"ADMIN\"",
            Project = "X",
        });
        RemoteMessage[] attempts =
        [
            new(RemoteMessageType.Request, 1) { Path = "admin/delete", ContentType = ContentTypes.Text },
            new(RemoteMessageType.Request, 2) { Path = "admin/stream", Session = _admin.Id, ContentType = ContentTypes.Text },
            new(RemoteMessageType.FilterRequest, 3) { Filter = "all", Path = "admin/stream", ContentType = ContentTypes.Text },
            new(RemoteMessageType.AddHandler, 4) { Path = ForgedFrames.Stolen },
            new(RemoteMessageType.SetProperties, 5) { Session = attacker.Id, Values = new Dictionary<string, string?> { ["Stolen"] = "yes" } },
            new(RemoteMessageType.ChangeRoles, 6) { Session = attacker.Id, AddedRoles = ["ADMIN"] },
            new(RemoteMessageType.ChangeRoles, 7) { Filter = "all", Names = ["ADMIN"], AddedRoles = ["x"] },
            new(RemoteMessageType.AddListener, 8) { Filter = "all" },
            new(RemoteMessageType.AddService, 9) { Text = $$"""{"path":"{{ForgedFrames.Stolen}}","queue":"{{_south}}"}""" },
            new(RemoteMessageType.RemoveService, 10) { Text = "public" },
        ];
        RemoteMessage[] gatewaysOwn =
        [
            new(RemoteMessageType.Delivery, 20) { Path = "admin/delete", Branch = "admin/delete", ContentType = ContentTypes.Text, Session = _admin.Id },
            new(RemoteMessageType.SessionEvent, 21) { Session = ForgedFrames.NoSession, Count = 1, Properties = new Dictionary<string, string>() },
            new(RemoteMessageType.Properties) { Properties = new Dictionary<string, string> { ["$Roles"] = "\"ADMIN\"" } },
            new(RemoteMessageType.FilterAnswer, 22) { Session = _admin.Id, ContentType = ContentTypes.Text },
            new(RemoteMessageType.FilterCount, 23) { Count = 1 },
            new(RemoteMessageType.ProjectMessage) { Text = """{"project":"X","handler":"h","principal":"admin","roles":["ADMIN"]}""" },
        ];

        await attacker.SendAsync([.. gatewaysOwn, .. attempts]);

        await Until.TrueAsync(() => attacker.Messages.Count(static message => message.Type == RemoteMessageType.Error) == attempts.Length, "all attempts are refused");
        Assert.All(attacker.Messages.Where(static message => message.Type == RemoteMessageType.Error), static message => Assert.Equal(ErrorReason.AccessDenied, (ErrorReason)message.Reason));
        await AwaitCountAsync(Refusals, "forged_property", 4);
        Assert.Contains("keys start with $", _bridge.Log, StringComparison.Ordinal);
        await AssertUnharmedAsync();
    }

    [OwnBrokerFact]
    public async Task A_plain_AMQP_user_cannot_speak_as_a_gateway_D2_D26()
    {
        await using var client = await PlainClient.ConnectAsync(_bridge.PlainUri);
        using var stop = new CancellationTokenSource();
        var flapping = FlapAsync(stop.Token);
        var typed = 0L;
        foreach (var (exchange, key, recipients) in Places())
        {
            var messages = from body in _forged.All
                           from type in new[] { FrameFormat.Type, ProbeMessage.Type }
                           from user in new[] { _bridge.PlainUser, null }
                           from replyTo in new[] { _north, _south, client.ReplyQueue }
                           select (body, type, user, replyTo);
            var taken = await Task.WhenAll(messages.Select(each => client.PublishAsync(exchange, key, each.body, properties =>
            {
                properties.Type = each.type;
                properties.ContentType = FrameFormat.ContentType;
                properties.ReplyTo = each.replyTo;
                properties.CorrelationId = $"{_sniffed.Requests.First().Id}";
                properties.MessageId = "1";
                if (each.user is not null)
                    properties.UserId = each.user;
                properties.Headers = GatewayHeaders();
            })));
            Assert.All(taken, static each => Assert.True(each));
            typed += taken.Length * recipients;
        }

        await AwaitCountAsync(Malformed, "AccessDenied", typed);
        await stop.CancelAsync();
        await flapping;
        Assert.Contains("who is no gateway", _bridge.Log, StringComparison.Ordinal);
        Assert.Empty(client.Replies);
        await AssertUnharmedAsync();
    }

    [OwnBrokerFact]
    public async Task What_a_plain_AMQP_user_sends_without_a_type_is_no_frame_and_no_answer_D26_D27()
    {
        await using var client = await PlainClient.ConnectAsync(_bridge.PlainUri);
        var before = (await _bridge.CountAsync(Malformed)).Values.Sum();
        var refused = 0L;
        foreach (var (exchange, key, recipients) in Places())
        {
            // Those of the branch's queue are requests, and what is one is answered; presence is none to anybody.
            var messages = from body in _forged.All
                           from type in new[] { null, "request", "RabbitBridge.Frame", "rabbitbridge.frame " }
                           from contentType in ReservedTypes
                           from user in new[] { _bridge.PlainUser, null }
                           from replyTo in new[] { _north, _bridge.Names.HandlerQueue(MessagePath.Parse("public")), client.ReplyQueue }
                           select (body, type, contentType, user, replyTo);
            var taken = await Task.WhenAll(messages.Select(each => client.PublishAsync(exchange, key, each.body, properties =>
            {
                properties.Type = each.type;
                properties.ContentType = each.contentType;
                properties.ReplyTo = each.replyTo;
                properties.CorrelationId = $"{_sniffed.Requests.First().Id}";
                if (each.user is not null)
                    properties.UserId = each.user;
                properties.Headers = GatewayHeaders();
            })));
            Assert.All(taken, static each => Assert.True(each));
            refused += taken.Length * recipients;
        }

        await Until.TrueAsync(async () => (await _bridge.CountAsync(Malformed)).Values.Sum() - before == refused, $"all {refused} are counted");
        var kinds = await _bridge.CountAsync(Malformed);
        foreach (var kind in new[] { "ForbiddenReplyAddress", "ForgedResponse" })
        {
            Assert.True(kinds.GetValueOrDefault(kind) > 0, $"Nothing of the kind {kind} is counted.");
            Assert.Contains($"refused ({kind}", _bridge.Log, StringComparison.Ordinal);
        }

        Assert.All(client.Replies, static reply => Assert.NotEqual("ok", reply.Status));
        await AssertUnharmedAsync();
    }

    private static IReadOnlyList<string> Security =>
    [
        "--Security:AnonymousSessions:Roles:0=CLIENT",
        "--Security:Principals:admin:PasswordHash=" + PasswordHash.Create(HostileBridge.Secret, 100_000),
        "--Security:Principals:admin:Roles:0=ADMIN",
        "--Security:Roles:CLIENT:DefaultPathPermissions:0=SEND_TO_MESSAGE_HANDLER",
        "--Security:Roles:CLIENT:DefaultPathPermissions:1=SEND_TO_SESSION",
        "--Security:Roles:CLIENT:Permissions:0=VIEW_SESSION",
        "--Security:Roles:CLIENT:Paths:admin=",
        "--Security:Roles:ADMIN:Includes:0=CLIENT",
        "--Security:Roles:ADMIN:Permissions:0=REGISTER_HANDLER",
        "--Security:Roles:ADMIN:Permissions:1=MODIFY_SESSION",
        "--Security:Roles:ADMIN:Permissions:2=CONTROL_SERVER",
        "--Security:Roles:ADMIN:Paths:admin:0=SEND_TO_MESSAGE_HANDLER",
        "--Security:Roles:ADMIN:Paths:admin:1=SEND_TO_SESSION",
    ];

    // Where a message reaches a gateway, and how many of them. Exchanges that bring gateways nothing (services, events) are not among them.
    private IEnumerable<(string Exchange, string Key, int Recipients)> Places()
    {
        yield return (_bridge.Names.Gateway, _north, 1);
        yield return (_bridge.Names.Gateway, _south, 1);
        yield return ("", _north, 1);
        yield return ("", _south, 1);
        yield return (_bridge.Names.Presence, "", 2);
        yield return (_bridge.Names.Session, "public", 2);
        yield return (_bridge.Names.Project, "south", 1);
        yield return (_bridge.Names.Project, "*", 2);
        yield return (_bridge.Names.Request, "public", 1);
        yield return (_bridge.Names.Level(1), "public", 1);
        yield return ("", _bridge.Names.HandlerQueue(MessagePath.Parse("public")), 1);
    }

    private Dictionary<string, object?> GatewayHeaders() => new()
    {
        ["rb-session"] = _admin.Id.ToString(),
        ["rb-path"] = "admin/delete",
        ["rb-hops"] = 0,
        ["rb-service"] = _south,
        ["rb-status"] = "ok",
        ["rb-all"] = true,
        ["rb-narrowed"] = true,
        [$"rb-gateway-{_admin.Id.Gateway:x16}"] = true,
        ["rb-gateway"] = "south",
        ["rb-count"] = 0,
        ["rb-user"] = "admin",
        ["rb-role"] = "ADMIN",
    };

    private async Task FlapAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var registration = await _admin.Messages.AddRequestHandlerAsync<byte[], string>("flap", (_, _, _) => new("flap"), cancellationToken: CancellationToken.None);
            await registration.CloseAsync();
        }
    }

    private Task AwaitCountAsync(string counter, string tag, long count) =>
        Until.TrueAsync(async () => (await _bridge.CountAsync(counter)).GetValueOrDefault(tag) == count, $"{counter} of {tag} is {count}");

    // Whatever was tried before: nothing has run, nothing is known that is not there, and the call that waits gets its own answer.
    private async Task AssertUnharmedAsync()
    {
        Assert.Empty(_executed);
        Assert.False(_pending.IsCompleted, $"The call that waits has ended: {_pending.Exception?.InnerException?.Message ?? "it was answered"}\n{_bridge.Log}");
        foreach (var session in new[] { _caller, _admin })
        {
            var view = await session.GetFabricAsync();
            Assert.Equal([session == _admin ? "north" : "south"], view.Gateways);
            Assert.DoesNotContain(view.Routes, static route => route.Path.ToString() == ForgedFrames.Stolen);
            Assert.Equal("\"ADMIN\"", session.Properties["$Roles"]);
            Assert.DoesNotContain("Stolen", session.Properties.Keys);
        }

        Assert.DoesNotContain(ForgedFrames.NoSession, _heard.Keys);
        Assert.All(_heard.Keys, session => Assert.True(session.Gateway == _caller.Id.Gateway || session.Gateway == _admin.Id.Gateway, $"{session}"));
        Assert.True(_heard[_admin.Id], "The session of the administrator counts as closed.");
        Assert.Equal([_north, _south], await _bridge.InboxesAsync());
        Assert.Empty(_bridge.Errors);

        _release.SetResult();
        Assert.Equal("rightly answered", await _pending);
        Assert.Equal("public", await _caller.Messages.SendRequestAsync<string, string>("public", "public"));
        await _caller.Messages.SendRequestAsync<string, string>("admin/delete", "x");
        Assert.Single(_executed);
    }

    private ValueTask<string> Executed(string what)
    {
        _executed.Enqueue(what);
        return new("done");
    }

    private sealed class Heard(ConcurrentDictionary<SessionId, bool> sessions) : ISessionListener
    {
        public void OnOpened(SessionId session, IReadOnlyDictionary<string, string> properties) => sessions[session] = true;

        public void OnPropertiesChanged(SessionId session, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, string?> previous)
        {
            // Only who is there is of interest.
        }

        public void OnClosed(SessionId session, IReadOnlyDictionary<string, string> properties, SessionCloseReason reason) => sessions[session] = false;
    }
}
