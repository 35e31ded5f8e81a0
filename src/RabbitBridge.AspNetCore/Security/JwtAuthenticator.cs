using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RabbitBridge.Security;

namespace RabbitBridge.AspNetCore.Security;

/// <summary>
/// Decides about clients that show a JSON Web Token. Each key verifies only the algorithms of its kind: a public key must not
/// pass as the secret of an HMAC, and a token without a signature never passes.
/// </summary>
internal sealed class JwtAuthenticator(SecurityState state, IOptions<GatewayOptions> gateway) : IBuiltInAuthenticator
{
    // A token goes into memory and through a parser before anything of it is believed.
    private const int MaxTokenBytes = 16 * 1024;

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaxTokenBytes };

    private Prepared? _prepared;

    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var model = state.Model;
        if (model.JwtKeys.Count == 0 || string.IsNullOrEmpty(request.Token))
            return AuthenticationResult.Abstain;

        var result = await Handler.ValidateTokenAsync(request.Token, Parameters(model)).ConfigureAwait(false);
        // What is in a token that is not believed has no business in a log: the kind of the problem says enough.
        if (!result.IsValid)
            return AuthenticationResult.Deny($"the token is not valid ({result.Exception.GetType().Name})");
        return Decide(request, (JsonWebToken)result.SecurityToken, model.Jwt);
    }

    private static AuthenticationResult Decide(AuthenticationRequest request, JsonWebToken token, JwtOptions options)
    {
        var principal = Texts(token, options.PrincipalClaim).FirstOrDefault();
        if (string.IsNullOrEmpty(principal))
            return AuthenticationResult.Deny($"the token has no claim {options.PrincipalClaim}");
        if (!string.IsNullOrEmpty(request.Principal) && request.Principal != principal)
            return AuthenticationResult.Deny("the token is for another principal");
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, claim) in options.PropertyClaims)
        {
            if (Texts(token, claim).FirstOrDefault() is { } value)
                properties[key] = value;
        }

        return AuthenticationResult.Allow(principal, Texts(token, options.RolesClaim), properties, new DateTimeOffset(token.ValidTo, TimeSpan.Zero));
    }

    // An array is a claim for each of its elements.
    private static IEnumerable<string> Texts(JsonWebToken token, string name) => token.Claims
        .Where(claim => claim.Type == name && claim.ValueType is not (JsonClaimValueTypes.JsonNull or JsonClaimValueTypes.Json))
        .Select(static claim => claim.Value)
        .Where(static value => value.Length > 0);

    private TokenValidationParameters Parameters(SecurityModel model)
    {
        if (Volatile.Read(ref _prepared) is { } prepared && prepared.Model == model)
            return prepared.Parameters;
        var kinds = model.JwtKeys.Select(static key => (Key: ToSecurityKey(key), key.Algorithms)).ToArray();
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = model.Jwt.Issuer,
            ValidAudience = model.Jwt.Audience,
            IssuerSigningKeys = kinds.Select(static kind => kind.Key),
            TryAllIssuerSigningKeys = true,
            ValidAlgorithms = kinds.SelectMany(static kind => kind.Algorithms).Distinct(),
            AlgorithmValidator = (algorithm, key, _, _) => kinds.Any(kind => kind.Key == key && kind.Algorithms.Contains(algorithm)),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = model.Jwt.ClockSkew,
            LifetimeValidator = IsCurrent,
        };
        Volatile.Write(ref _prepared, new Prepared(model, parameters));
        return parameters;
    }

    private bool IsCurrent(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = gateway.Value.TimeProvider.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + parameters.ClockSkew && (notBefore is not { } start || now >= start - parameters.ClockSkew);
    }

    private static SecurityKey ToSecurityKey(JwtKey key) =>
        key.Secret is { } secret ? new SymmetricSecurityKey(secret)
        : key.Rsa is { } rsa ? new RsaSecurityKey(rsa)
        : new ECDsaSecurityKey(ECDsa.Create(key.Curve!.Value));

    private sealed record Prepared(SecurityModel Model, TokenValidationParameters Parameters);
}
