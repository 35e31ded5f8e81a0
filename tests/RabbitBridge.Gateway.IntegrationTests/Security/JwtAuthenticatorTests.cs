using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RabbitBridge.AspNetCore.Security;

namespace RabbitBridge.Gateway.IntegrationTests.Security;

/// <summary>Which tokens open sessions.</summary>
public sealed class JwtAuthenticatorTests : IDisposable
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(64);
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly string[] TwoRoles = ["A", "B"];

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _curve.Dispose();
    }

    [Fact]
    public async Task A_token_gives_principal_roles_properties_and_an_end()
    {
        var token = Sign(Claims() with { Extra = new() { ["roles"] = TwoRoles, ["https://example.org/department"] = "Accounts", ["floor"] = 3 } });

        var result = await AskAsync(token);

        Assert.Equal((AuthenticationOutcome.Allowed, "alice"), (result.Outcome, result.Principal));
        Assert.Equal(TwoRoles, result.Roles);
        Assert.Equal([("Department", "Accounts"), ("Floor", "3")], result.Properties.Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(Now.AddMinutes(5), result.Expires);
    }

    [Fact]
    public async Task Each_kind_of_key_verifies_its_own_algorithms()
    {
        foreach (var (key, algorithm) in Signers())
            Assert.Equal(AuthenticationOutcome.Allowed, (await AskAsync(Sign(Claims(), key, algorithm))).Outcome);
    }

    [Fact]
    public async Task One_role_needs_no_array_and_no_role_is_none()
    {
        Assert.Equal(["A"], (await AskAsync(Sign(Claims() with { Extra = new() { ["roles"] = "A" } }))).Roles);
        Assert.Empty((await AskAsync(Sign(Claims()))).Roles);
    }

    [Fact]
    public async Task Tokens_that_are_not_for_here_and_now_are_refused()
    {
        (string What, Token Claims)[] bad =
        [
            ("expired", Claims() with { Expires = Now.AddMinutes(-2) }),
            ("not yet valid", Claims() with { NotBefore = Now.AddMinutes(2) }),
            ("of another issuer", Claims() with { Issuer = "https://evil.example.org" }),
            ("without issuer", Claims() with { Issuer = null }),
            ("for another audience", Claims() with { Audience = "elsewhere" }),
            ("without audience", Claims() with { Audience = null }),
            ("without end", Claims() with { Expires = null }),
            ("without principal", Claims() with { Subject = null }),
            ("with an empty principal", Claims() with { Subject = "" }),
        ];
        foreach (var (what, claims) in bad)
            Assert.True((await AskAsync(Sign(claims))).Outcome == AuthenticationOutcome.Denied, $"A token {what} is accepted.");

        Assert.Equal(AuthenticationOutcome.Allowed, (await AskAsync(Sign(Claims() with { Expires = Now.AddSeconds(-30), NotBefore = Now.AddMinutes(-9) }))).Outcome);
    }

    [Fact]
    public async Task Tokens_that_are_not_signed_with_a_key_of_ours_are_refused()
    {
        using var otherRsa = RSA.Create(2048);
        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = Sign(Claims());
        var parts = good.Split('.');
        (string What, string Token)[] bad =
        [
            ("no token", "x"),
            ("empty parts", ".."),
            ("another secret", Sign(Claims(), new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64)), "HS256")),
            ("another RSA key", Sign(Claims(), new RsaSecurityKey(otherRsa), "RS256")),
            ("another curve's key", Sign(Claims(), new ECDsaSecurityKey(otherCurve), "ES256")),
            ("no signature", $"{parts[0]}.{parts[1]}."),
            ("a changed payload", $"{parts[0]}.{Encode(Payload(Claims() with { Subject = "bob" }))}.{parts[2]}"),
            ("the algorithm none", $"{Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}."),
            ("the algorithm none in capitals", $"{Encode("{\"alg\":\"NONE\",\"typ\":\"JWT\"}")}.{parts[1]}.{parts[2]}"),
            ("the public key's text as a secret", Forge(Encoding.UTF8.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()))),
            ("the public key's bytes as a secret", Forge(_rsa.ExportSubjectPublicKeyInfo())),
            ("too long a token", Sign(Claims() with { Extra = new() { ["long"] = new string('x', 20_000) } })),
        ];

        foreach (var (what, token) in bad)
            Assert.True((await AskAsync(token)).Outcome == AuthenticationOutcome.Denied, $"A token with {what} is accepted.");
        Assert.Equal(AuthenticationOutcome.Allowed, (await AskAsync(good)).Outcome);
    }

    [Fact]
    public async Task With_public_keys_alone_no_hmac_is_accepted()
    {
        var publicKey = _rsa.ExportSubjectPublicKeyInfoPem();

        var result = await AskAsync(Forge(Encoding.UTF8.GetBytes(publicKey)), keys: [publicKey]);

        Assert.Equal(AuthenticationOutcome.Denied, result.Outcome);
    }

    [Fact]
    public async Task The_principal_that_the_client_names_must_be_the_tokens()
    {
        Assert.Equal(AuthenticationOutcome.Allowed, (await AskAsync(Sign(Claims()), principal: "alice")).Outcome);
        Assert.Equal(AuthenticationOutcome.Denied, (await AskAsync(Sign(Claims()), principal: "bob")).Outcome);
    }

    [Fact]
    public async Task Without_a_token_or_without_keys_it_abstains()
    {
        Assert.Equal(AuthenticationOutcome.Abstained, (await AskAsync(null)).Outcome);
        Assert.Equal(AuthenticationOutcome.Abstained, (await AskAsync(Sign(Claims()), keys: [])).Outcome);
    }

    private static Token Claims() => new("https://issuer.example.org", "rabbitbridge", "alice", null, Now.AddMinutes(5), []);

    private static string Sign(Token token) => Sign(token, new SymmetricSecurityKey(Secret), "HS256");

    private static string Sign(Token token, SecurityKey key, string algorithm) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(Payload(token), new SigningCredentials(key, algorithm));

    private static string Payload(Token token)
    {
        var claims = new Dictionary<string, object?>(token.Extra)
        {
            ["iss"] = token.Issuer,
            ["aud"] = token.Audience,
            ["sub"] = token.Subject,
            ["nbf"] = token.NotBefore?.ToUnixTimeSeconds(),
            ["exp"] = token.Expires?.ToUnixTimeSeconds(),
        };
        return JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary());
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(json);

    // As an attacker does who knows the public key, without a library that would refuse to.
    private static string Forge(byte[] secret)
    {
        var signed = $"{Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")}.{Encode(Payload(Claims()))}";
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private (SecurityKey Key, string Algorithm)[] Signers() =>
    [
        (new SymmetricSecurityKey(Secret), "HS256"), (new SymmetricSecurityKey(Secret), "HS384"), (new SymmetricSecurityKey(Secret), "HS512"),
        (new RsaSecurityKey(_rsa), "RS256"), (new RsaSecurityKey(_rsa), "RS512"), (new RsaSecurityKey(_rsa), "PS256"),
        (new ECDsaSecurityKey(_curve), "ES256"),
    ];

    private async Task<AuthenticationResult> AskAsync(string? token, string? principal = null, string[]? keys = null)
    {
        await using var services = new ServiceCollection()
            .AddRabbitBridgeSecurity(options =>
            {
                foreach (var key in keys ?? [Convert.ToBase64String(Secret), _rsa.ExportSubjectPublicKeyInfoPem(), _curve.ExportSubjectPublicKeyInfoPem()])
                    options.Jwt.SigningKeys.Add(key);
                if (options.Jwt.SigningKeys.Count > 0)
                    (options.Jwt.Issuer, options.Jwt.Audience) = ("https://issuer.example.org", "rabbitbridge");
                options.Jwt.PropertyClaims["Department"] = "https://example.org/department";
                options.Jwt.PropertyClaims["Floor"] = "floor";
            })
            .Configure<GatewayOptions>(options => options.TimeProvider = new FixedTime(Now))
            .AddSingleton<JwtAuthenticator>()
            .BuildServiceProvider();
        return await services.GetRequiredService<JwtAuthenticator>().AuthenticateAsync(new AuthenticationRequest { Token = token, Principal = principal }, default);
    }

    private sealed record Token(
        string? Issuer, string? Audience, string? Subject, DateTimeOffset? NotBefore, DateTimeOffset? Expires, Dictionary<string, object?> Extra);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
