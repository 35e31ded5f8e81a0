namespace RabbitBridge.Security;

/// <summary>Checks the settings of bearer tokens.</summary>
internal static class JwtChecks
{
    private static readonly TimeSpan MaxSkew = TimeSpan.FromHours(1);

    public static void Check(JwtOptions jwt, Problems problems)
    {
        for (var i = 0; i < jwt.SigningKeys.Count; i++)
        {
            try
            {
                JwtKey.Parse(jwt.SigningKeys[i]);
            }
            catch (FormatException exception)
            {
                problems.Add($"Jwt:SigningKeys:{i}", $"{exception.Message}.");
            }
        }

        if (jwt.SigningKeys.Count > 0)
        {
            // Without them a token that was made for another service would open sessions here.
            if (string.IsNullOrWhiteSpace(jwt.Issuer))
                problems.Add("Jwt:Issuer", "there are keys and no issuer; name the claim iss that tokens must have.");
            if (string.IsNullOrWhiteSpace(jwt.Audience))
                problems.Add("Jwt:Audience", "there are keys and no audience; name the claim aud that tokens must have.");
        }
        else if (jwt.Issuer is not null || jwt.Audience is not null)
        {
            problems.Add("Jwt:SigningKeys", "there is an issuer or an audience and no key, so no token would be accepted; add a key.");
        }

        if (string.IsNullOrWhiteSpace(jwt.PrincipalClaim))
            problems.Add("Jwt:PrincipalClaim", "the name of the claim is empty; the default is sub.");
        if (string.IsNullOrWhiteSpace(jwt.RolesClaim))
            problems.Add("Jwt:RolesClaim", "the name of the claim is empty; the default is roles.");
        foreach (var (property, claim) in jwt.PropertyClaims)
        {
            problems.CheckPropertyKey($"Jwt:PropertyClaims:{property}", property);
            if (string.IsNullOrWhiteSpace(claim))
                problems.Add($"Jwt:PropertyClaims:{property}", "the name of the claim is empty.");
        }

        if (jwt.ClockSkew < TimeSpan.Zero || jwt.ClockSkew > MaxSkew)
            problems.Add("Jwt:ClockSkew", $"{jwt.ClockSkew} is not allowed; from 00:00:00 to {MaxSkew}.");
    }
}
