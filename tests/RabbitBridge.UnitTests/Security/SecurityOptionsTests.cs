using System.Security.Cryptography;
using RabbitBridge.Security;

namespace RabbitBridge.UnitTests.Security;

public sealed class SecurityOptionsTests
{
    private static readonly string Hash = PasswordHash.Create("x", 100_000);
    private static readonly string Secret = Convert.ToBase64String(new byte[32]);

    public static TheoryData<Action<SecurityOptions>, string, string> Mistakes() => new()
    {
        { o => Role(o, "CLIENT").Includes.Add(" "), "Roles:CLIENT:Includes:0", "name is empty" },
        { o => Role(o, " "), "Roles: ", "name of a role is empty" },
        { o => Role(o, "A").Permissions.Add("VIEW"), "Roles:A:Permissions:0", "allowed are REGISTER_HANDLER, VIEW_SESSION, MODIFY_SESSION" },
        { o => Role(o, "A").Permissions.Add("view_session"), "Roles:A:Permissions:0", "'view_session' is no permission" },
        { o => Role(o, "A").Permissions.Add("SEND_TO_SESSION"), "Roles:A:Permissions:0", "permission by path" },
        { o => Role(o, "A").DefaultPathPermissions.Add("VIEW_SESSION"), "Roles:A:DefaultPathPermissions:0", "allowed here are SEND_TO_MESSAGE_HANDLER, SEND_TO_SESSION" },
        { o => Role(o, "A").Paths["a"] = ["SEND_TO_SESSION", "MODIFY_SESSION"], "Roles:A:Paths:a:1", "of the whole gateway" },
        { o => Role(o, "A").Paths["a//b"] = [], "Roles:A:Paths:a//b", "empty segment" },
        { o => (Role(o, "A").Paths["a/b"], Role(o, "A").Paths["/a/b"]) = ([], []), "Roles:A:Paths:/a/b", "same path as 'a/b'" },
        { o => o.IsolatedPaths.Add(""), "IsolatedPaths:0", "empty" },
        { o => Role(o, "A").Includes.Add("A"), "Roles:A:Includes:0", "A > A" },
        { o => Circle(o), "Roles:C:Includes:1", "A > B > C > A" },
        { o => o.AnonymousSessions.Roles.Add(""), "AnonymousSessions:Roles:0", "name is empty" },
        { o => o.NamedSessionRoles.Add(null!), "NamedSessionRoles:0", "name is empty" },
        { o => o.Principals["p"] = new PrincipalOptions { PasswordHash = "secret" }, "Principals:p:PasswordHash", "pbkdf2-sha512$iterations$salt$hash" },
        { o => o.Principals["p"] = new PrincipalOptions(), "Principals:p:PasswordHash", "cannot be read" },
        { o => o.Principals[""] = new PrincipalOptions { PasswordHash = Hash }, "Principals:", "name of a principal is empty" },
        { o => o.Principals["p"] = new PrincipalOptions { PasswordHash = Hash, Roles = { "" } }, "Principals:p:Roles:0", "name is empty" },
        { o => o.Principals["p"] = new PrincipalOptions { PasswordHash = Hash, Properties = { ["$Roles"] = "x" } }, "Principals:p:Properties:$Roles", "belong to the gateway" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions(), "TrustedProperties:k", "neither" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions { Values = { "v" }, Pattern = "v" }, "TrustedProperties:k", "both" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions { Pattern = "(" }, "TrustedProperties:k:Pattern", "not valid" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions { Pattern = @"(a)\1" }, "TrustedProperties:k:Pattern", "backtracking" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions { Pattern = "a{201}" }, "TrustedProperties:k:Pattern", "200 repetitions" },
        { o => o.TrustedProperties["k"] = new TrustedPropertyOptions { Pattern = new string('a', 1001) }, "TrustedProperties:k:Pattern", "at most 1000" },
        { o => o.TrustedProperties["$Country"] = new TrustedPropertyOptions { Values = { "DE" } }, "TrustedProperties:$Country", "belong to the gateway" },
        { o => Jwt(o, "c2hvcnQ="), "Jwt:SigningKeys:0", "at least 32" },
        { o => Jwt(o, "not a key"), "Jwt:SigningKeys:0", "neither base64 nor PEM" },
        { o => Jwt(o, ""), "Jwt:SigningKeys:0", "empty" },
        { o => Jwt(o, PrivatePem()), "Jwt:SigningKeys:0", "public key is needed" },
        { o => Jwt(o, RsaPem(1024)), "Jwt:SigningKeys:0", "at least 2048" },
        { o => Jwt(o, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), "Jwt:SigningKeys:0", "PUBLIC KEY of RSA or an elliptic curve" },
        { o => Jwt(o, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), "Jwt:SigningKeys:0", "is a CERTIFICATE" },
        { o => Jwt(o, "-----BEGIN"), "Jwt:SigningKeys:0", "cannot be read" },
        { o => Jwt(o, Secret).Issuer = null, "Jwt:Issuer", "no issuer" },
        { o => Jwt(o, Secret).Audience = " ", "Jwt:Audience", "no audience" },
        { o => o.Jwt.Issuer = "i", "Jwt:SigningKeys", "no key" },
        { o => o.Jwt.PrincipalClaim = "", "Jwt:PrincipalClaim", "sub" },
        { o => o.Jwt.RolesClaim = "", "Jwt:RolesClaim", "roles" },
        { o => o.Jwt.PropertyClaims["a b"] = "c", "Jwt:PropertyClaims:a b", "white space" },
        { o => o.Jwt.PropertyClaims["a"] = "", "Jwt:PropertyClaims:a", "claim is empty" },
        { o => o.Jwt.ClockSkew = TimeSpan.FromHours(2), "Jwt:ClockSkew", "from 00:00:00 to 01:00:00" },
        { o => o.Jwt.ClockSkew = TimeSpan.FromSeconds(-1), "Jwt:ClockSkew", "from 00:00:00" },
        { o => o.GatewayRole = "", "GatewayRole", "GATEWAY" },
        { o => o.Projects["X"] = [], "Projects:X", "nobody could belong to it" },
        { o => o.Projects["X"] = ["A", " "], "Projects:X:1", "name is empty" },
        { o => o.Projects[" "] = ["A"], "Projects: ", "name of a project is not empty" },
        { o => o.AmqpUsers["u"] = ["CLIENT"], "AmqpUsers", "no user has the role GATEWAY" },
        { o => (o.AmqpUsers["g"], o.AmqpUsers["u"]) = (["GATEWAY"], [""]), "AmqpUsers:u:0", "name is empty" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_by_its_key_with_what_is_allowed(Action<SecurityOptions> mistake, string key, string allowed)
    {
        var options = new SecurityOptions();
        mistake(options);

        var failure = Assert.Single(new SecurityOptionsValidator().Validate(null, options).Failures ?? []);

        Assert.StartsWith($"Security:{key}: ", failure, StringComparison.Ordinal);
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var options = new SecurityOptions { GatewayRole = "", IsolatedPaths = { "//" } };
        Role(options, "A").Permissions.Add("X");
        Role(options, "A").Includes.Add("A");

        Assert.Equal(4, new SecurityOptionsValidator().Validate(null, options).Failures?.Count());
    }

    [Fact]
    public void Everything_set_right_is_allowed()
    {
        var options = new SecurityOptions { AmqpUsers = { ["gw"] = ["GATEWAY"] }, NamedSessionRoles = { "A" } };
        Role(options, "A").Includes.Add("mentioned only");
        Role(options, "A").Paths["/"] = [];
        Role(options, "B").Includes.Add("A");
        Role(options, "C").Includes.Add("A");
        Role(options, "C").Includes.Add("B");
        options.Principals["p"] = new PrincipalOptions { PasswordHash = Hash, Properties = { ["Department"] = "Accounts" } };
        options.TrustedProperties["k"] = new TrustedPropertyOptions { Pattern = "a|b" };
        Jwt(options, Secret);
        options.Jwt.SigningKeys.Add(RsaPem(2048));
        foreach (var curve in new[] { ECCurve.NamedCurves.nistP256, ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521 })
        {
            using var key = ECDsa.Create(curve);
            options.Jwt.SigningKeys.Add(key.ExportSubjectPublicKeyInfoPem());
        }

        Assert.Null(new SecurityOptionsValidator().Validate(null, options).Failures);
        Assert.False(new SecurityModel(options).PermitsAll);
    }

    private static RoleOptions Role(SecurityOptions options, string name)
    {
        if (!options.Roles.TryGetValue(name, out var role))
            options.Roles[name] = role = new RoleOptions();
        return role;
    }

    private static void Circle(SecurityOptions options)
    {
        Role(options, "A").Includes.Add("B");
        Role(options, "B").Includes.Add("C");
        Role(options, "C").Includes.Add("D");
        Role(options, "C").Includes.Add("A");
        Role(options, "E").Includes.Add("A");
    }

    private static JwtOptions Jwt(SecurityOptions options, string key)
    {
        (options.Jwt.Issuer, options.Jwt.Audience) = ("issuer", "audience");
        options.Jwt.SigningKeys.Add(key);
        return options.Jwt;
    }

    private static string RsaPem(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private static string PrivatePem()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return curve.ExportPkcs8PrivateKeyPem();
    }
}
