using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitBridge.Diagnostics;
using RabbitBridge.Security;

namespace RabbitBridge.UnitTests.Security;

/// <summary>Who gets in, as whom, and what is told of it to whom.</summary>
public sealed class AuthenticatorsTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    private static readonly string Hash = PasswordHash.Create(Password, 100_000);

    private readonly CapturingLogger _log = new();
    private readonly List<IAuthenticator> _own = [];
    private ServiceProvider? _services;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
    }

    [Fact]
    public async Task The_right_password_opens_and_a_second_time_too()
    {
        for (var i = 0; i < 2; i++)
        {
            var result = await AskAsync(Request("alice", Password), Configure);

            Assert.Equal((AuthenticationOutcome.Allowed, "alice"), (result.Outcome, result.Principal));
            Assert.Equal(["EMPLOYEE", "NAMED"], result.Roles.Order());
            Assert.Equal("Accounts", result.Properties["Department"]);
        }
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("alice", "")]
    [InlineData("alice", null)]
    [InlineData("Alice", Password)]
    [InlineData("mallory", Password)]
    [InlineData("mallory", null)]
    [InlineData("", Password)]
    [InlineData(null, Password)]
    [InlineData(null, null)]
    public async Task Nobody_else_gets_in_and_none_hears_why(string? principal, string? password)
    {
        await AskAsync(Request("alice", Password), Configure);
        _log.Clear();

        await AssertRefusedAsync(Request(principal, password), Configure);

        var line = Assert.Single(_log.Lines);
        Assert.Equal((LogLevel.Warning, "AuthenticationDenied"), (line.Level, line.Event));
        Assert.Contains("192.0.2.1", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_makes_the_old_one_useless()
    {
        var hash = Hash;
        await AskAsync(Request("alice", Password), options => options.Principals["alice"] = new PrincipalOptions { PasswordHash = hash });
        var other = PasswordHash.Create("other", 100_000);
        var source = new FakeChanges();
        await using var services = new ServiceCollection()
            .AddRabbitBridgeSecurity(options => options.Principals["alice"] = new PrincipalOptions { PasswordHash = hash })
            .AddSingleton<Microsoft.Extensions.Options.IOptionsChangeTokenSource<SecurityOptions>>(source)
            .BuildServiceProvider();
        var chain = services.GetRequiredService<AuthenticatorChain>();
        Assert.Equal(AuthenticationOutcome.Allowed, (await chain.AuthenticateAsync(Request("alice", Password), default)).Outcome);

        hash = other;
        source.Change();

        await Assert.ThrowsAsync<AccessDeniedException>(() => chain.AuthenticateAsync(Request("alice", Password), default));
        Assert.Equal(AuthenticationOutcome.Allowed, (await chain.AuthenticateAsync(Request("alice", "other"), default)).Outcome);
    }

    [Fact]
    public async Task Anonymous_sessions_are_allowed_without_security_or_by_word_alone()
    {
        Assert.Equal(AuthenticationOutcome.Allowed, (await AskAsync(Request(null, null), _ => { })).Outcome);
        await AssertRefusedAsync(Request(null, null), options => options.Roles["A"] = new RoleOptions());
        await AssertRefusedAsync(Request(null, null), options => options.AnonymousSessions.Allowed = false);

        var result = await AskAsync(Request("", null), options =>
        {
            Configure(options);
            options.AnonymousSessions.Allowed = true;
            options.AnonymousSessions.Roles.Add("GUEST");
        });
        Assert.Equal((AuthenticationOutcome.Allowed, ""), (result.Outcome, result.Principal));
        Assert.Equal(["GUEST"], result.Roles);
    }

    [Fact]
    public async Task Proposed_properties_count_where_they_are_trusted_and_never_those_of_the_gateway()
    {
        var request = Request("alice", Password) with
        {
            ProposedProperties = new Dictionary<string, string>
            {
                ["Floor"] = "3",
                ["Room"] = "3.14x",
                ["Building"] = "b-12",
                ["Department"] = "Board",
                ["Other"] = "x",
                ["$Roles"] = "\"ADMIN\"",
                ["$Principal"] = "bob",
                ["$SessionId"] = "1-1",
                ["$Country"] = "DE",
                ["*F"] = "x",
            },
        };
        var result = await AskAsync(request, options =>
        {
            Configure(options);
            options.TrustedProperties["Floor"] = new TrustedPropertyOptions { Values = { "1", "2", "3" } };
            options.TrustedProperties["Room"] = new TrustedPropertyOptions { Pattern = @"\d+\.\d+" };
            options.TrustedProperties["Building"] = new TrustedPropertyOptions { Pattern = "a-1|b-1." };
            options.TrustedProperties["Department"] = new TrustedPropertyOptions { Pattern = ".*" };
        });

        Assert.Equal([("Building", "b-12"), ("Department", "Accounts"), ("Floor", "3")], result.Properties.Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(["EMPLOYEE", "NAMED"], result.Roles.Order());
        Assert.Equal("alice", result.Principal);
    }

    [Fact]
    public async Task The_first_authenticator_that_does_not_abstain_decides()
    {
        _own.Add(new Fake(_ => AuthenticationResult.Abstain));
        _own.Add(new Fake(request => request.Principal == "bob" ? AuthenticationResult.Allow("robert", ["OWN"], expires: DateTimeOffset.UnixEpoch) : AuthenticationResult.Abstain));
        _own.Add(new Fake(_ => throw new InvalidOperationException("is asked no more")));

        var result = await AskAsync(Request("bob", "x"), Configure);

        Assert.Equal(("robert", DateTimeOffset.UnixEpoch), (result.Principal, result.Expires));
        Assert.Equal(["NAMED", "OWN"], result.Roles.Order());
    }

    [Fact]
    public async Task An_authenticator_that_throws_or_sets_what_it_may_not_refuses()
    {
        Fake[] bad =
        [
            new(_ => throw new InvalidOperationException("secret detail")),
            new(_ => throw new OperationCanceledException("of its own")),
            new(_ => null!),
            new(_ => AuthenticationResult.Allow("bob", properties: new Dictionary<string, string> { ["bad key"] = "x" })),
        ];
        foreach (var authenticator in bad)
        {
            _own.Clear();
            _own.Add(authenticator);
            _log.Clear();

            await AssertRefusedAsync(Request("alice", Password), Configure);

            Assert.NotNull(Assert.Single(_log.Lines, line => line.Event == "AuthenticatorFailed").Exception);
        }
    }

    [Fact]
    public async Task An_authenticator_may_set_what_the_originals_let_it_and_nothing_else_of_the_gateways()
    {
        _own.Add(new Fake(_ => AuthenticationResult.Allow(
            "bob", properties: new Dictionary<string, string> { ["$Country"] = "de", ["$Roles"] = "\"ADMIN\"", ["$SessionId"] = "x", ["Key"] = "value" })));

        var result = await AskAsync(Request("bob", "x"), Configure);

        Assert.Equal([("$Country", "DE"), ("Key", "value")], result.Properties.Select(each => (each.Key, each.Value)).Order());
    }

    [Fact]
    public async Task A_client_that_goes_away_is_no_refusal()
    {
        _own.Add(new Fake(_ => throw new OperationCanceledException()));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Request("alice", Password), Configure, gone.Token));
    }

    [Fact]
    public async Task Every_outcome_is_counted()
    {
        using var counted = Counted.Start();

        await AskAsync(Request("alice", Password), Configure);
        AssertCounted("allowed");
        await AssertRefusedAsync(Request("alice", "wrong"), Configure);
        AssertCounted("denied");
        _own.Add(new Fake(_ => throw new InvalidOperationException()));
        await AssertRefusedAsync(Request("alice", Password), Configure);
        AssertCounted("failed");

        void AssertCounted(string outcome) => Assert.Equal(
            [new(outcome, 1)],
            counted.Of(_services!.GetRequiredService<Telemetry>().Meter, "rabbitbridge.authentications"));
    }

    [Fact]
    public void The_text_of_a_request_shows_no_secrets()
    {
        var text = (Request("alice", Password) with { Token = "a.b.c" }).ToString();

        Assert.Contains("alice", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain("a.b.c", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_line_of_a_refusal_stays_one_line()
    {
        await AssertRefusedAsync(Request("x\nAlice was authenticated\u001b[0m", "y"), Configure);

        Assert.DoesNotContain('\n', Assert.Single(_log.Lines).Text);
    }

    private static void Configure(SecurityOptions options)
    {
        options.Roles["EMPLOYEE"] = new RoleOptions();
        options.NamedSessionRoles.Add("NAMED");
        options.Principals["alice"] = new PrincipalOptions { PasswordHash = Hash, Roles = { "EMPLOYEE" }, Properties = { ["Department"] = "Accounts" } };
    }

    private static AuthenticationRequest Request(string? principal, string? password) => new()
    {
        Principal = principal,
        Password = password,
        ClientAddress = IPAddress.Parse("192.0.2.1"),
        Transport = "WEBSOCKET",
    };

    private async Task AssertRefusedAsync(AuthenticationRequest request, Action<SecurityOptions> configure)
    {
        var error = await Assert.ThrowsAsync<AccessDeniedException>(() => AskAsync(request, configure));
        Assert.Equal("Access denied.", error.Message);
    }

    private async Task<AuthenticationResult> AskAsync(AuthenticationRequest request, Action<SecurityOptions> configure, CancellationToken cancellationToken = default)
    {
        if (_services is not null)
            await _services.DisposeAsync();
        var services = new ServiceCollection();
        foreach (var own in _own)
            services.AddSingleton(own);
        _services = services
            .AddSingleton<ILogger<IAuthenticator>>(new TypedLogger<IAuthenticator>(_log))
            .AddRabbitBridgeSecurity(configure)
            .BuildServiceProvider();
        return await _services.GetRequiredService<AuthenticatorChain>().AuthenticateAsync(request, cancellationToken);
    }

    private sealed class Fake(Func<AuthenticationRequest, AuthenticationResult> decide) : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => new(decide(request));
    }
}
