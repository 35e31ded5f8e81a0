using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RabbitBridge.ContractTests;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>Whoever tries to get in without the right to is refused, and the gateway's operators can see it.</summary>
public sealed class NobodyGetsInTests : IAsyncLifetime
{
    private const string Password = "open sesame";

    private static readonly string Hash = PasswordHash.Create(Password, 100_000);
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(64);

    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _things = [];
    private readonly Counted _counted = Counted.Start();
    private RemoteGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await StartAsync([]);

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
        _counted.Dispose();
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("alice", "")]
    [InlineData("alice", null)]
    [InlineData("ALICE", Password)]
    [InlineData("mallory", Password)]
    [InlineData(null, Password)]
    [InlineData("", "")]
    [InlineData(null, null)]
    public async Task Nobody_gets_in_without_the_password_of_a_known_principal(string? principal, string? password)
    {
        var denied = _counted.Of(_gateway.Meter, "rabbitbridge.authentications", "denied");

        var exception = await Assert.ThrowsAsync<AccessDeniedException>(
            () => RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [_gateway.Address], Principal = principal, Password = password }));

        Assert.Equal("Access denied.", exception.Message);
        AssertRefused(denied);
        Assert.All(_gateway.Log.Lines, line => Assert.DoesNotContain(Password, line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_the_password_or_a_token_gets_in()
    {
        var named = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });
        var bearer = await OpenAsync(new OpenRequest { Token = Sign(Claims()) });

        Assert.Equal(("alice", "bob"), (named.Reply.Principal, bearer.Reply.Principal));
        Assert.Equal(2, _gateway.SessionCount);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("signed with another key")]
    [InlineData("with the algorithm none")]
    [InlineData("without signature")]
    [InlineData("for another audience")]
    [InlineData("of another issuer")]
    [InlineData("for another principal than the client names")]
    [InlineData("that is none")]
    public async Task Nobody_gets_in_with_a_token(string what)
    {
        var denied = _counted.Of(_gateway.Meter, "rabbitbridge.authentications", "denied");
        var good = Sign(Claims());
        var parts = good.Split('.');
        var token = what switch
        {
            "expired" => Sign(Claims() with { Expires = TimeProvider.System.GetUtcNow().AddHours(-1) }),
            "signed with another key" => Sign(Claims(), RandomNumberGenerator.GetBytes(64)),
            "with the algorithm none" => $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}.",
            "without signature" => $"{parts[0]}.{parts[1]}.",
            "for another audience" => Sign(Claims() with { Audience = "elsewhere" }),
            "of another issuer" => Sign(Claims() with { Issuer = "https://evil.example.org" }),
            "that is none" => "none",
            _ => good,
        };
        var request = new OpenRequest { Token = token, Principal = what.StartsWith("for another principal", StringComparison.Ordinal) ? "alice" : null };

        var (_, reply) = await OpenAsync(request);

        Assert.Equal(new OpenError((int)ErrorReason.AccessDenied, "Access denied."), reply.Error);
        AssertRefused(denied);
        Assert.All(_gateway.Log.Lines, line => Assert.DoesNotContain(token, line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_client_loses_its_connection()
    {
        var (client, _) = await OpenAsync(new OpenRequest { Principal = "alice", Password = "wrong" });

        await client.Closed;
    }

    [Fact]
    public async Task Forged_and_untrusted_properties_are_left_out()
    {
        var malformed = _counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "forged_property");
        var forged = new Dictionary<string, string>
        {
            ["$Roles"] = "\"ADMINISTRATOR\"",
            ["$Principal"] = "administrator",
            ["$SessionId"] = "0123456789abcdef-0123456789abcdef",
            ["$ClientIP"] = "192.0.2.1",
            ["$Country"] = "DE",
            ["$Own"] = "x",
            ["Department"] = "Board",
            ["Floor"] = "4",
            ["Room"] = "1.01 ",
            ["Hobby"] = "chess",
        };

        var (_, reply) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password, Properties = forged });
        var (_, honest) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password, Properties = new() { ["Floor"] = "3", ["Room"] = "1.01" } });

        var properties = reply.Properties;
        Assert.Equal(("alice", reply.Session, "Sales", "\"EMPLOYEE\""), (properties["$Principal"], properties["$SessionId"], properties["Department"], properties["$Roles"]));
        Assert.NotEqual("192.0.2.1", properties["$ClientIP"]);
        Assert.All(["$Country", "$Own", "Floor", "Room", "Hobby"], key => Assert.DoesNotContain(key, properties.Keys));
        Assert.Equal(("3", "1.01"), (honest.Properties["Floor"], honest.Properties["Room"]));
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "ForgedProperties" && line.Text.Contains("alice", StringComparison.Ordinal));
        Assert.True(_counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "forged_property") > malformed, "It is not counted.");
    }

    [Fact]
    public async Task Nobody_resumes_a_session_of_another_client()
    {
        var denied = _counted.Of(_gateway.Meter, "rabbitbridge.authentications", "denied");
        var victim = await ConnectAsync();
        victim.AnswerOnStream("a", "mine");
        var thief = await RawAsync();
        foreach (var resume in new[] { Resume(victim.Id, ""), Resume(victim.Id, Convert.ToBase64String(new byte[32])), Resume(victim.Id, "x"), Resume(victim.Id, "\ud83d\ude00") })
            Assert.Equal((int)ErrorReason.NoSuchSession, (await thief.OpenAsync(resume)).Error?.Reason);
        Assert.Equal((int)ErrorReason.NoSuchSession, (await thief.OpenAsync($$$"""{"version":1,"resume":{"session":"{{{victim.Id}}}"}}""")).Error?.Reason);
        Assert.Equal((int)ErrorReason.NoSuchSession, (await thief.OpenAsync("""{"version":1,"resume":{}}""")).Error?.Reason);
        await thief.SendFrameAsync([0x92, 1, 0]);
        await thief.Closed;

        AssertRefused(denied);
        Assert.Equal(RemoteSessionState.Active, victim.State);
        Assert.Equal("mine", await (await ConnectAsync()).AskAsync(victim.Id, "a"));
    }

    [Fact]
    public async Task A_closed_session_is_not_resumed_and_a_new_one_needs_credentials()
    {
        var (former, opened) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });
        await former.SendFrameAsync([0x92, 1, 0, 0x91, 20]);
        await former.Closed;
        Assert.Equal(0, _gateway.SessionCount);

        var client = await RawAsync();
        Assert.Equal((int)ErrorReason.NoSuchSession, (await client.OpenAsync(new OpenRequest { Resume = new ResumeRequest(opened.Session, opened.Key, 0) })).Error?.Reason);
        Assert.Equal((int)ErrorReason.AccessDenied, (await client.OpenAsync(new OpenRequest())).Error?.Reason);
        Assert.Equal(0, _gateway.SessionCount);
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "SessionRefused" && line.Text.Contains(nameof(ErrorReason.NoSuchSession), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_claims_to_have_frames_that_were_never_sent_resumes_nothing()
    {
        var (former, opened) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });
        var client = await RawAsync();

        foreach (var received in new long[] { 1000, long.MaxValue, -1 })
        {
            var reply = await client.OpenAsync(new OpenRequest { Resume = new ResumeRequest(opened.Session, opened.Key, received) });
            Assert.Equal((int)ErrorReason.NoSuchSession, reply.Error?.Reason);
        }

        Assert.True(former.IsConnected);
        await former.SendFrameAsync([0x92, 1, 0, 0x91, 20]);
        await former.Closed;
        Assert.Equal(0, _gateway.SessionCount);
    }

    [Fact]
    public async Task A_frame_before_a_session_ends_the_connection()
    {
        var malformed = _counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "remote_frame");
        var client = await RawAsync();

        await client.SendFrameAsync([0x92, 1, 0]);
        await client.Closed;

        Assert.Contains(_gateway.Log.Lines, line => line.Event == "FrameWithoutSession");
        Assert.True(_counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "remote_frame") > malformed, "It is not counted.");
    }

    [Fact]
    public async Task A_connection_opens_one_session()
    {
        var (client, _) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });

        await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(new OpenRequest { Principal = "alice", Password = Password }));

        Assert.Equal(1, _gateway.SessionCount);
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "OpenedTwice");
    }

    [Theory]
    [InlineData("")]
    [InlineData("C1")]
    [InlineData("00")]
    [InlineData("92")]
    [InlineData("9201")]
    [InlineData("920000C0")]
    [InlineData("92010091A178")]
    [InlineData("9201009101")]
    [InlineData("92010098010A")]
    [InlineData("9201000798DDFFFFFFFF")]
    [InlineData("92010095 0A01 A161 DDFFFFFFFF C2")]
    [InlineData("92010095 0D01 C0 A161 DFFFFFFFFF")]
    [InlineData("920200")]
    [InlineData("92010192")]
    [InlineData("9201CF7FFFFFFFFFFFFFFF")]
    [InlineData("92010098 01 01 A161 A178 C0 C0 C0 C0")]
    public async Task Garbage_ends_its_session_and_no_other(string hex)
    {
        var malformed = _counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "remote_frame");
        var other = await ConnectAsync();
        var (client, _) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });

        await client.SendFrameAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        await client.Closed;

        Assert.Equal(1, _gateway.SessionCount);
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "BadFrame");
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "SessionClosed" && line.Text.Contains(nameof(SessionCloseReason.InvalidInboundMessage), StringComparison.Ordinal));
        Assert.True(_counted.Of(_gateway.Meter, "rabbitbridge.input.malformed", "remote_frame") > malformed, "It is not counted.");
        other.AnswerOnStream("a", "here");
        Assert.Equal("here", await other.AskAsync(other.Id, "a"));
    }

    [Fact]
    public async Task A_frame_that_is_missing_altogether_ends_its_session()
    {
        var (client, _) = await OpenAsync(new OpenRequest { Principal = "alice", Password = Password });

        await client.SendFrameAsync(null);

        await client.Closed;
        Assert.Equal(0, _gateway.SessionCount);
    }

    [Fact]
    public async Task Too_large_a_frame_ends_its_connection()
    {
        var gateway = await StartAsync(new() { ["Remote:GracePeriod"] = "00:00:00.2" }, new GatewayOptions { Name = "small", MaxMessageBytes = 64 * 1024 });
        var client = Add(await RawClient.ConnectAsync(gateway.Address));
        await client.OpenAsync(new OpenRequest { Principal = "alice", Password = Password });

        await client.SendFrameAsync(new byte[1024 * 1024]);

        await client.Closed;
        await Eventually.TrueAsync(() => gateway.SessionCount == 0, "the session is closed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"principal":"alice","password":"open sesame"}""")]
    [InlineData("""{"version":1,"principal":7}""")]
    [InlineData("""{"version":1,"properties":{"Floor":3}}""")]
    public async Task What_is_no_request_to_open_a_session_opens_none(string text)
    {
        var client = await RawAsync();

        var reply = await client.OpenAsync(text);

        Assert.Contains((ErrorReason)reply.Error!.Reason, new[] { ErrorReason.InvalidData, ErrorReason.Unsupported });
        Assert.Contains(_gateway.Log.Lines, line => line.Event == "SessionRefused");
        await client.Closed;
        Assert.Equal(0, _gateway.SessionCount);
    }

    [Fact]
    public async Task A_proposed_property_without_a_value_is_left_out()
    {
        var (_, reply) = await OpenAsync($$$"""{"version":1,"principal":"alice","password":"{{{Password}}}","properties":{"Floor":null}}""");

        Assert.DoesNotContain("Floor", reply.Properties.Keys);
        Assert.Null(reply.Error);
    }

    [Fact]
    public async Task Who_opens_no_session_loses_the_connection()
    {
        var gateway = await StartAsync(new() { ["Remote:OpenTimeout"] = "00:00:00.1" });

        await Add(await RawClient.ConnectAsync(gateway.Address)).Closed;

        Assert.Contains(gateway.Log.Lines, line => line.Event == "NothingOpened");
    }

    [Fact]
    public async Task No_more_sessions_are_opened_than_allowed()
    {
        var gateway = await StartAsync(new() { ["Remote:MaxSessions"] = "2" });
        var first = await ConnectAsync(gateway);
        await ConnectAsync(gateway);

        var third = Add(await RawClient.ConnectAsync(gateway.Address));
        Assert.Equal((int)ErrorReason.Overloaded, (await third.OpenAsync(new OpenRequest { Principal = "alice", Password = Password })).Error?.Reason);
        await third.Closed;
        Assert.Equal(2, gateway.SessionCount);
        Assert.Contains(gateway.Log.Lines, line => line.Event == "SessionRefused" && line.Text.Contains(nameof(ErrorReason.Overloaded), StringComparison.Ordinal));

        await first.CloseAsync();
        await Eventually.TrueAsync(() => gateway.SessionCount == 1, "there is room");
        await ConnectAsync(gateway);
    }

    [Fact]
    public async Task Clients_that_leave_while_they_open_leave_no_sessions()
    {
        var gateway = await StartAsync([]);
        for (var i = 0; i < 50; i++)
        {
            var client = await RawClient.ConnectAsync(gateway.Address);
            var opening = client.OpenAsync(new OpenRequest { Principal = "alice", Password = Password });
            if (i % 2 == 0)
                await Task.Yield();
            await client.DisposeAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => opening);
        }

        await ConnectAsync(gateway);
        await Eventually.TrueAsync(() => gateway.SessionCount == 1, "all others are gone");
    }

    private static OpenRequest Resume(SessionId session, string key) => new() { Resume = new ResumeRequest(session.ToString(), key, 0) };

    private static Token Claims() => new("https://issuer.example.org", "rabbitbridge", "bob", TimeProvider.System.GetUtcNow().AddMinutes(5));

    private static string Sign(Token token, byte[]? secret = null) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
        JsonSerializer.Serialize(new { iss = token.Issuer, aud = token.Audience, sub = token.Subject, exp = token.Expires.ToUnixTimeSeconds() }),
        new SigningCredentials(new SymmetricSecurityKey(secret ?? Secret), "HS256"));

    private void AssertRefused(long deniedBefore)
    {
        Assert.Contains(_gateway.Log.Lines, line => line.Event is "AuthenticationDenied" or "AuthenticatorFailed" or "WrongKey" or "SessionRefused");
        Assert.True(_counted.Of(_gateway.Meter, "rabbitbridge.authentications", "denied") > deniedBefore, "It is not counted.");
    }

    private async Task<RemoteGateway> StartAsync(Dictionary<string, string?> settings, GatewayOptions? options = null)
    {
        var all = new Dictionary<string, string?>(settings)
        {
            ["Security:Roles:EMPLOYEE:DefaultPathPermissions:0"] = "SEND_TO_SESSION",
            ["Security:Principals:alice:PasswordHash"] = Hash,
            ["Security:Principals:alice:Roles:0"] = "EMPLOYEE",
            ["Security:Principals:alice:Properties:Department"] = "Sales",
            ["Security:TrustedProperties:Department:Pattern"] = ".*",
            ["Security:TrustedProperties:Floor:Values:0"] = "3",
            ["Security:TrustedProperties:Room:Pattern"] = "[1-3]\\.[0-9]{2}",
            ["Security:Jwt:Issuer"] = "https://issuer.example.org",
            ["Security:Jwt:Audience"] = "rabbitbridge",
            ["Security:Jwt:SigningKeys:0"] = Convert.ToBase64String(Secret),
        };
        var gateway = Add(new RemoteGateway(options ?? new GatewayOptions { Name = $"g{_things.Count}" }, _broker) { Settings = all });
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<RawClient> RawAsync() => Add(await RawClient.ConnectAsync(_gateway.Address));

    private async Task<(RawClient Client, OpenReply Reply)> OpenAsync(OpenRequest request)
    {
        var client = await RawAsync();
        return (client, await client.OpenAsync(request));
    }

    private async Task<(RawClient Client, OpenReply Reply)> OpenAsync(string text)
    {
        var client = await RawAsync();
        return (client, await client.OpenAsync(text));
    }

    private async Task<IRemoteSession> ConnectAsync(RemoteGateway? gateway = null) =>
        Add(await RabbitBridgeClient.ConnectAsync(new ClientOptions { Addresses = [(gateway ?? _gateway).Address], Principal = "alice", Password = Password }));

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }

    private sealed record Token(string Issuer, string Audience, string Subject, DateTimeOffset Expires);
}
