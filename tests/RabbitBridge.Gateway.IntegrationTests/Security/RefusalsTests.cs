using Microsoft.AspNetCore.SignalR;
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

        await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(Alice));

        AssertRefused("second_open", "OpenedTwice");
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

        await RefuseAsync(new OpenRequest { Resume = new ResumeRequest("1-1", "", 0) }, ErrorReason.NoSuchSession);

        AssertRefused("no_such_session", "SessionRefused");
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
    public async Task Nothing_is_refused_to_who_asks_for_what_is_given_anyway()
    {
        await StartAsync(new() { ["Security:TrustedProperties:Floor:Values:0"] = "3" });

        var client = await OpenAsync(Alice with { Properties = new() { ["Floor"] = "3", ["Department"] = "Sales" } });
        await client.DisposeAsync();

        await _gateway.StopAsync();
        Assert.Empty(_counted.Of(_gateway, "rabbitbridge.remote.refusals"));
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Event is "UntrustedProperties" or "TooLarge" or "NoMessage");
    }

    private void AssertRefused(string reason, string line, long count = 1)
    {
        Assert.Equal([(reason, count)], _counted.Of(_gateway, "rabbitbridge.remote.refusals").Select(each => (each.Key, each.Value)));
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
