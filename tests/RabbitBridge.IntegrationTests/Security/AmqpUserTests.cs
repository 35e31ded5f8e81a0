using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.Security;
using RabbitMQ.Client;

namespace RabbitBridge.IntegrationTests.Security;

/// <summary>What AMQP users may do, once the configuration names them. The gateways are the broker's first user.</summary>
[Collection(SecurityGroup.Name)]
public sealed class AmqpUserTests(BrokerFixture broker) : BrokerTest(broker)
{
    private const string Password = "secret";

    private readonly ConcurrentQueue<(SessionId Sender, string Text)> _handled = new();

    private string Stranger => $"{Names.Presence}-stranger";

    private string Caller => $"{Names.Presence}-caller";

    [OwnBrokerFact]
    public async Task Frames_and_presence_of_a_user_without_the_role_are_dropped_and_leave_no_trace()
    {
        var (target, _) = await StartAsync();
        await AddUserAsync(Stranger);
        var peer = await OpenPeerAsync(Stranger);
        var sent = 0;
        foreach (var user in new[] { Stranger, null })
        {
            peer.UserId = user;
            await peer.SendAsync(Inbox(target), frame => FrameWriter.Write(frame, Request()));
            await peer.PublishAsync(Names.Level(1), "a", frame => FrameWriter.Write(frame, Request()));
            await peer.PublishAsync(
                Names.Filter, "", frame => FrameWriter.Write(frame, Request() with { Filter = "all" }), new Dictionary<string, object?> { ["rb-all"] = true });
            await peer.BroadcastAsync(PresenceKind.Heartbeat);
            await peer.AnnounceAsync(Inbox(target), "stolen");
            sent += 5;
        }

        await AwaitDeniedAsync(target, sent);
        Assert.Empty(_handled);
        Assert.Empty(peer.Responses);
        Assert.Empty(peer.Counts);
        Assert.DoesNotContain(target.Gateways, gateway => gateway.Instance == peer.Instance);
        Assert.DoesNotContain(target.Routes, route => route.Path == "stolen");
        var line = Log.Lines.First(line => line.Event == "BadInput");
        Assert.Contains("AccessDenied", line.Text, StringComparison.Ordinal);
        Assert.Contains($"'{Stranger}', who is no gateway", line.Text, StringComparison.Ordinal);

        // The same from one who has the role.
        var right = await OpenPeerAsync(user: null);
        right.UserId = GatewayUser;
        await right.SendAsync(Inbox(target), frame => FrameWriter.Write(frame, Request()));
        await Eventually.TrueAsync(() => right.Responses.Count == 1, "the answer has come");
        Assert.Single(_handled);
        Assert.Equal(sent, Denied(target));
    }

    [OwnBrokerFact]
    public async Task Gateways_with_the_role_work_as_before()
    {
        var (target, other) = await StartAsync();

        Assert.Equal("x!", await other.OpenSession(new SessionOptions { Roles = ["SENDER"] }).AskAsync("a", "x"));
        Assert.Equal((0, 0), (Denied(target), Denied(other)));
    }

    [OwnBrokerFact]
    public async Task A_plain_caller_reaches_the_paths_that_its_roles_permit()
    {
        var (target, _) = await StartAsync();
        await AddUserAsync(Caller);
        var client = await ConnectAsync(Caller);

        var allowed = await CallAsync(client, Caller, "a.x");
        var denied = await CallAsync(client, Caller, "a.closed.x");

        Assert.Equal(("ok", "x!"), (allowed.Status, allowed.Text));
        Assert.Equal(("error", "ACCESS_DENIED"), (denied.Status, denied.Error));
        Assert.Contains("SEND_TO_MESSAGE_HANDLER on 'a/closed/x'", denied.Text, StringComparison.Ordinal);
        Assert.Single(_handled);
        Assert.Equal(1, Denied(target));
    }

    [OwnBrokerFact]
    public async Task A_plain_caller_without_a_role_or_without_its_name_is_refused_and_told()
    {
        var (target, _) = await StartAsync();
        await AddUserAsync(Stranger);
        var client = await ConnectAsync(Stranger);

        foreach (var user in new[] { Stranger, null })
        {
            var reply = await CallAsync(client, user, "a");
            Assert.Equal(("error", "ACCESS_DENIED"), (reply.Status, reply.Error));
            Assert.Contains(user is null ? "no user_id" : $"'{user}'", reply.Text, StringComparison.Ordinal);
        }

        // Nobody waits for this one, and yet it counts.
        Assert.True(await client.PublishAsync(Names.Request, "a", Utf8("x"), properties => properties.UserId = Stranger));
        await AwaitDeniedAsync(target, 3);
        Assert.Empty(_handled);
        Assert.Contains(Log.Lines, line => line.Event == "BadInput" && line.Text.Contains("AccessDenied", StringComparison.Ordinal));
        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.HandlerQueue(MessagePath.Parse("a")))).Messages == 0, "the handler queue is empty");
    }

    [OwnBrokerFact]
    public async Task A_plain_filter_request_needs_to_see_sessions_and_to_send_to_them()
    {
        var (target, other) = await StartAsync();
        await AddUserAsync(Stranger);
        await AddUserAsync(Caller);
        foreach (var gateway in new[] { target, other })
            (await gateway.OpenSessionAsync(new SessionOptions { Properties = new Dictionary<string, string> { ["Say"] = "y" } })).Messages.SetRequestStream<string, string>("say", (_, text, _) => Handle(default, text));
        var (caller, stranger) = (await ConnectAsync(Caller), await ConnectAsync(Stranger));

        await AskSessionsAsync(caller, Caller, "say");
        await AskSessionsAsync(caller, Caller, "other");
        await AskSessionsAsync(stranger, Stranger, "say");

        await Eventually.TrueAsync(() => (caller.Replies.Count, stranger.Replies.Count) == (6, 2), "all answers have come");
        Assert.Equal(2, caller.Replies.Count(reply => reply.Status == "ok" && reply.Text == "x!"));
        Assert.Equal(2, caller.Replies.Count(reply => reply.Status == "count" && reply.Error is null));
        Assert.All(
            caller.Replies.Where(reply => reply.Error is not null).Concat(stranger.Replies),
            reply => Assert.Equal("ACCESS_DENIED", reply.Error));
        Assert.Equal(2, _handled.Count);
        Assert.Equal(4, Denied(target) + Denied(other));
    }

    [OwnBrokerFact]
    public async Task Only_gateways_ask_in_the_name_of_a_session()
    {
        var (target, other) = await StartAsync();
        await AddUserAsync(Caller);
        var session = other.OpenSession();

        foreach (var user in new[] { Caller, GatewayUser })
        {
            var client = user == Caller ? await ConnectAsync(user) : await ConnectAsync();
            var reply = await client.CallAsync(Names.Request, "a.x", Utf8("x"), properties =>
            {
                properties.ContentType = ContentTypes.Text;
                properties.UserId = user;
                properties.Headers = new Dictionary<string, object?> { ["rb-session"] = session.Id.ToString() };
            });
            Assert.Equal("ok", reply.Status);
        }

        Assert.Equal([default, session.Id], _handled.Select(each => each.Sender));
        Assert.Equal(0, Denied(target));
    }

    [OwnBrokerFact]
    public async Task A_gateway_whose_own_user_lacks_the_role_does_not_start()
    {
        Rabbit.Authorizer = Authorizer(options => options.AmqpUsers["somebody"] = ["GATEWAY"]);

        var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => StartGatewayAsync("a"));

        Assert.Contains($"'{GatewayUser}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Security:AmqpUsers", error.Message, StringComparison.Ordinal);
    }

    private static RequestEnvelope Request() => new()
    {
        Id = 7,
        Path = MessagePath.Parse("a"),
        ContentType = ContentTypes.Text,
        Payload = Utf8("x"),
        RemainingMilliseconds = 5000,
    };

    private static RoleAuthorizer Authorizer(Action<SecurityOptions> configure) => new(new SecurityState(
        new OptionsFactory<SecurityOptions>([new ConfigureOptions<SecurityOptions>(configure)], [], [new SecurityOptionsValidator()]), [], NullLogger.Instance));

    private static long Denied(IGateway gateway) => RabbitMqWorld.Fabric(gateway).Faults.Count(InputFault.AccessDenied);

    private static Task AwaitDeniedAsync(IGateway gateway, long count) =>
        Eventually.TrueAsync(() => Denied(gateway) == count, $"{count} refusals are counted, not {Denied(gateway)}");

    private Task<PlainReply> CallAsync(PlainClient client, string? user, string key) => client.CallAsync(
        Names.Request, key, Utf8("x"), properties => Describe(properties, user));

    private static void Describe(BasicProperties properties, string? user)
    {
        properties.ContentType = ContentTypes.Text;
        if (user is not null)
            properties.UserId = user;
    }

    private ValueTask<string> Handle(SessionId sender, string text)
    {
        _handled.Enqueue((sender, text));
        return new($"{text}!");
    }

    private async Task<(IGateway Target, IGateway Other)> StartAsync()
    {
        Rabbit.Authorizer = Authorizer(options =>
        {
            options.Roles["HANDLER"] = new RoleOptions { Permissions = { "REGISTER_HANDLER" } };
            options.Roles["SENDER"] = new RoleOptions { Paths = { ["a"] = ["SEND_TO_MESSAGE_HANDLER"], ["a/closed"] = [], ["say"] = ["SEND_TO_SESSION"] } };
            options.Roles["VIEWER"] = new RoleOptions { Permissions = { "VIEW_SESSION" }, Includes = { "SENDER" } };
            options.AmqpUsers[GatewayUser] = ["GATEWAY"];
            options.AmqpUsers[Caller] = ["VIEWER"];
        });
        var (target, other) = await StartTwoAsync();
        await target.OpenSession(new SessionOptions { Roles = ["HANDLER"] }).Messages.AddRequestHandlerAsync<string, string>(
            "a", (text, context, _) => Handle(context.SessionId, text));
        Log.Clear();
        return (target, other);
    }

    private async Task AddUserAsync(string name)
    {
        await Broker.Broker.RunControlCommandAsync("add_user", name, Password);
        await Broker.Broker.RunControlCommandAsync("set_permissions", name, ".*", ".*", ".*");
    }

    private Uri As(string user) => new UriBuilder(Rabbit.Options.Uri) { UserName = user, Password = Password }.Uri;

    private async Task<PlainClient> ConnectAsync(string user)
    {
        var client = await PlainClient.ConnectAsync(As(user));
        Own(client);
        return client;
    }

    private async Task<NativePeer> OpenPeerAsync(string? user)
    {
        var peer = await NativePeer.OpenAsync(user is null ? Rabbit.Options.Uri : As(user), Names);
        Own(peer);
        return peer;
    }

    private async Task AskSessionsAsync(PlainClient client, string user, string key) => Assert.True(await client.PublishAsync(Names.Session, key, Utf8("x"), properties =>
    {
        Describe(properties, user);
        properties.ReplyTo = client.ReplyQueue;
        properties.Headers = new Dictionary<string, object?> { ["rb-filter"] = "has Say" };
    }));
}
