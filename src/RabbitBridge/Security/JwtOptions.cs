namespace RabbitBridge;

/// <summary>JSON Web Tokens as bearer tokens. They are accepted once there is a key.</summary>
public sealed class JwtOptions
{
    /// <summary>The claim <c>iss</c> that a token must have.</summary>
    public string? Issuer { get; set; }

    /// <summary>The claim <c>aud</c> that a token must have, alone or among others.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// The keys with which tokens may be signed. Each is either a secret of at least 32 bytes as base64, for HS256, HS384 and
    /// HS512, or a public key as PEM: RSA of at least 2,048 bits for RS256 to PS512, or an elliptic curve for ES256, ES384 and
    /// ES512.
    /// </summary>
    /// <value>The default is none: no tokens are accepted.</value>
    public IList<string> SigningKeys { get; } = [];

    /// <summary>The claim that names the principal.</summary>
    /// <value>The default is <c>sub</c>.</value>
    public string PrincipalClaim { get; set; } = "sub";

    /// <summary>The claim that holds the roles: a text, or an array of texts.</summary>
    /// <value>The default is <c>roles</c>.</value>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>The claims that become user properties: the key of the property, and the name of the claim.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, string> PropertyClaims { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How far the issuer's clock and this one may differ.</summary>
    /// <value>The default is 1 min. From 0 to 1 h.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(1);
}
