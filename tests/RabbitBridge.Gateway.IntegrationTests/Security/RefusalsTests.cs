using Microsoft.AspNetCore.SignalR;
using RabbitBridge.ContractTests;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>Whatever is refused to a remote client is logged, and counted once for each reason.</summary>
public sealed class RefusalsTests : IAsyncLifetime
{
    private const string Password = "open sesame";

    private static readonly string Hash = PasswordHash.Create(Password, 100_000);
    private static readonly OpenRequest Alice = new() { Principal = "alice", Password = Password };

    private readonly List<IAsyncDisposable> _things = [];
    private readonly Counted _counted = Counted.Start();
    private RemoteGateway _gateway = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
        _counted.Dispose();
    }

    [Fact]
    public async Task A_second_session_on_a_connection()
    {
        await StartAsync();
        var client = await OpenAsync(Alice);

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(Alice));

        AssertRefused("second_open", "OpenedTwice", count: 3);
    }

    [Fact]
    public async Task A_connection_that_opens_nothing()
    {
        await StartAsync(new() { ["Remote:OpenTimeout"] = "00:00:00.1" });

        await (await ConnectAsync()).Closed;

        AssertRefused("open_timeout", "NothingOpened");
    }

    [Fact]
    public async Task More_sessions_than_there_may_be()
    {
        await StartAsync(new() { ["Remote:MaxSessions"] = "1" });
        await OpenAsync(Alice);

        await RefuseAsync(Alice, ErrorReason.Overloaded);

        AssertRefused("overloaded", "SessionRefused");
    }

    [Fact]
    public async Task A_wrong_password_which_is_logged_once_F11()
    {
        await StartAsync();

        await RefuseAsync(new OpenRequest { Principal = "alice", Password = "x" }, ErrorReason.AccessDenied);

        AssertRefused("access_denied", "AuthenticationDenied");
        Assert.Single(_gateway.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task A_project_that_is_not_for_its_roles()
    {
        await StartAsync(new() { ["Security:Projects:plant:0"] = "operator" });

        await RefuseAsync(Alice with { Project = "plant" }, ErrorReason.AccessDenied);

        AssertRefused("access_denied", "ProjectDenied");
        await RefuseAsync(Alice with { Project = "office" }, ErrorReason.AccessDenied);
        await OpenAsync(Alice);
    }

    [Fact]
    public async Task A_request_that_is_none()
    {
        await StartAsync();

        await RefuseAsync(new OpenRequest { Version = 2 }, ErrorReason.Unsupported);

        AssertRefused("invalid_request", "SessionRefused");
    }

    [Fact]
    public async Task A_session_that_is_over()
    {
        await StartAsync();

        var client = await ConnectAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal((int)ErrorReason.NoSuchSession, (await client.OpenAsync(new OpenRequest { Resume = new ResumeRequest("1-1", "", 0) })).Error?.Reason);

        AssertRefused("no_such_session", "SessionRefused", count: 3);
    }

    [Fact]
    public async Task A_session_at_a_gateway_that_stops()
    {
        await StartAsync();
        var client = await ConnectAsync();
        await _gateway.Inner.StopAsync();

        Assert.Equal((int)ErrorReason.CommunicationFailure, (await client.OpenAsync(Alice)).Error?.Reason);

        Assert.Contains(_gateway.Log.Lines, line => line.Event == "SessionRefused");
    }

    [Fact]
    public async Task Too_large_a_frame()
    {
        await StartAsync(options: new GatewayOptions { Name = "small", MaxMessageBytes = 64 * 1024 });
        var client = await OpenAsync(Alice);

        await client.SendFrameAsync(new byte[1024 * 1024]);
        await client.Closed;

        await Eventually.TrueAsync(() => _gateway.Log.Lines.Any(line => line.Event == "TooLarge"), "it is logged");
        AssertRefused("frame_too_large", "TooLarge");
    }

    [Fact]
    public async Task What_is_no_message_at_all()
    {
        await StartAsync(new() { ["Security:AnonymousSessions:Allowed"] = "true" });
        var client = Add(await SilentClient.ConnectAsync(_gateway.Address));

        await client.SendAsync("neither this nor that");
        await client.ReadToEndAsync();

        await Eventually.TrueAsync(() => _gateway.Log.Lines.Any(line => line.Event == "NoMessage"), "it is logged");
        AssertRefused("malformed_frame", "NoMessage");
    }

    [Fact]
    public async Task A_frame_that_is_none()
    {
        await StartAsync();
        var client = await OpenAsync(Alice);

        await client.SendFrameAsync([0x92]);
        await client.Closed;

        AssertRefused("malformed_frame", "BadFrame");
    }

    [Fact]
    public async Task A_frame_without_a_session()
    {
        await StartAsync();
        var client = await ConnectAsync();

        await client.SendFrameAsync([0x92, 1, 0]);
        await client.Closed;

        AssertRefused("malformed_frame", "FrameWithoutSession");
    }

    [Fact]
    public async Task Proposed_properties_that_are_not_trusted()
    {
        await StartAsync(new() { ["Security:TrustedProperties:Floor:Values:0"] = "3" });

        var properties = new Dictionary<string, string> { ["Floor"] = "4", ["Hobby"] = "chess", ["Department"] = "Board" };
        await OpenAsync(Alice with { Properties = properties });

        AssertRefused("untrusted_property", "UntrustedProperties", count: 3);
    }

    [Fact]
    public async Task Proposed_properties_that_are_the_gateways()
    {
        await StartAsync();

        await OpenAsync(Alice with { Properties = new() { ["$Roles"] = "x", ["$Own"] = "x" } });

        AssertRefused("forged_property", "ForgedProperties", count: 2);
    }

    [Fact]
    public async Task What_belongs_to_gateways_D2()
    {
        await StartAsync();
        var client = await OpenAsync(Alice);

        for (var number = 1; number <= 3; number++)
        {
            var frame = new System.Buffers.ArrayBufferWriter<byte>();
            RemoteWriter.WriteHeader(frame, number, 0);
            RemoteWriter.Write(frame, new RemoteMessage(RemoteMessageType.Request, 1) { Path = "a", ContentType = "application/vnd.rabbitbridge.frame" });
            RemoteWriter.Write(frame, new RemoteMessage(RemoteMessageType.Request, 2) { Path = number % 2 == 0 ? "$a" : "/$a", ContentType = ContentTypes.Text });
            RemoteWriter.Write(frame, new RemoteMessage(RemoteMessageType.Request, 3) { Path = "a", ContentType = ContentTypes.Text, Session = new SessionId(1, 0) });
            RemoteWriter.Write(frame, new RemoteMessage(RemoteMessageType.Response, 4) { ContentType = " Application/Vnd.RabbitBridge.Frame; a=b" });
            RemoteWriter.Write(frame, new RemoteMessage(RemoteMessageType.Response, 5) { ContentType = ContentTypes.Int64 });
            await client.SendFrameAsync(frame.WrittenSpan.ToArray());
        }

        await Eventually.TrueAsync(() => _counted.Of(_gateway.Meter, "rabbitbridge.remote.refusals").GetValueOrDefault("reserved") == 12, "all are counted");
        AssertRefused("reserved", "ReservedUsed", count: 12);
        // Nobody is the session of number 0, which stands for a gateway itself.
        await Eventually.TrueAsync(() => Answers(client).Count(message => message.Id == 3) == 3, "the requests to it are answered");
        Assert.All(Answers(client).Where(message => message.Id == 3), message => Assert.Equal((int)ErrorReason.NoSuchSession, message.Reason));
    }

    private static List<RemoteMessage> Answers(RawClient client)
    {
        var messages = new List<RemoteMessage>();
        foreach (var frame in client.Frames)
        {
            var rest = RemoteReader.ReadHeader(frame, out _, out _);
            while (!rest.IsEmpty)
            {
                if (RemoteReader.Next(ref rest) is { } message)
                    messages.Add(message);
            }
        }

        return messages;
    }

    [Fact]
    public async Task A_refusal_does_not_hide_one_of_another_kind()
    {
        await StartAsync();
        var session = (await (await ConnectAsync()).OpenAsync(Alice)).Session;
        var client = await ConnectAsync();

        foreach (var id in new[] { "1-1", session, session })
            Assert.Equal((int)ErrorReason.NoSuchSession, (await client.OpenAsync(new OpenRequest { Resume = new ResumeRequest(id!, "guessed", 0) })).Error?.Reason);
        Assert.Null((await client.OpenAsync(Alice)).Error);
        await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(Alice));

        Assert.Equal((1, 2, 1), (LinesOf("SessionRefused"), LinesOf("WrongKey"), LinesOf("OpenedTwice")));

        int LinesOf(string log) => _gateway.Log.Lines.Count(line => line.Event == log);
    }

    [Fact]
    public async Task A_request_that_is_missing()
    {
        await StartAsync();

        Assert.Equal((int)ErrorReason.InvalidData, (await (await ConnectAsync()).OpenAsync((string)null!)).Error?.Reason);

        AssertRefused("invalid_request", "SessionRefused");
    }

    [Theory]
    [InlineData("not an id\nwarn: forged line")]
    public async Task What_a_client_says_stays_in_its_line_of_the_log(string session)
    {
        await StartAsync();
        var client = await OpenAsync(Alice);
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        RemoteWriter.WriteHeader(frame, 1, 0);
        var writer = new MessagePack.MessagePackWriter(frame);
        writer.WriteArrayHeader(8);
        writer.Write((int)RemoteMessageType.Request);
        writer.Write(1);
        writer.Write("a");
        writer.Write(session + new string('x', 100_000));
        writer.WriteNil();
        writer.WriteNil();
        writer.WriteNil();
        writer.WriteNil();
        writer.Flush();

        await client.SendFrameAsync(frame.WrittenSpan.ToArray());
        await client.Closed;

        var line = Assert.Single(_gateway.Log.Lines, each => each.Event == "BadFrame");
        Assert.DoesNotContain('\n', line.Text);
        Assert.True(line.Text.Length < 2000, $"{line.Text.Length} characters");
    }

    public static TheoryData<string> TooMuch => new() { "principal", "project", "host", "key", "value", "count" };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task A_session_that_would_have_more_than_fits_S12(string what)
    {
        await StartAsync();
        // Two bytes each.
        var text = new string('\u00e4', 2049);

        await RefuseAsync(
            what switch
            {
                "principal" => Alice with { Principal = text },
                "project" => Alice with { Project = text },
                "host" => Alice with { HostName = text },
                "key" => Alice with { Properties = new() { [text[..128]] = "" } },
                "value" => Alice with { Properties = new() { ["k"] = text } },
                _ => Alice with { Properties = Enumerable.Range(0, 129).ToDictionary(i => $"k{i}", _ => "") },
            },
            ErrorReason.InvalidData);

        AssertRefused("invalid_request", "SessionRefused");
    }

    [Fact]
    public async Task Nothing_is_refused_to_who_asks_for_what_is_given_anyway()
    {
        await StartAsync(new() { ["Security:TrustedProperties:Floor:Values:0"] = "3" });

        var client = await OpenAsync(Alice with { Properties = new() { ["Floor"] = "3", ["Department"] = "Sales" } });
        await client.DisposeAsync();

        await _gateway.StopAsync();
        Assert.Empty(_counted.Of(_gateway.Meter, "rabbitbridge.remote.refusals"));
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Event is "UntrustedProperties" or "TooLarge" or "NoMessage");
    }

    private void AssertRefused(string reason, string line, long count = 1)
    {
        Assert.Equal([(reason, count)], _counted.Of(_gateway.Meter, "rabbitbridge.remote.refusals").Select(each => (each.Key, each.Value)));
        Assert.Single(_gateway.Log.Lines, each => each.Event == line);
    }

    private async Task StartAsync(Dictionary<string, string?>? settings = null, GatewayOptions? options = null)
    {
        var all = new Dictionary<string, string?>(settings ?? [])
        {
            ["Security:Principals:alice:PasswordHash"] = Hash,
            ["Security:Principals:alice:Properties:Department"] = "Sales",
        };
        _gateway = Add(new RemoteGateway(options ?? new GatewayOptions { Name = "a" }, new InMemoryBroker()) { Settings = all });
        await _gateway.StartAsync();
    }

    private async Task RefuseAsync(OpenRequest request, ErrorReason reason) =>
        Assert.Equal((int)reason, (await (await ConnectAsync()).OpenAsync(request)).Error?.Reason);

    private async Task<RawClient> OpenAsync(OpenRequest request)
    {
        var client = await ConnectAsync();
        Assert.Null((await client.OpenAsync(request)).Error);
        return client;
    }

    private async Task<RawClient> ConnectAsync() => Add(await RawClient.ConnectAsync(_gateway.Address));

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
