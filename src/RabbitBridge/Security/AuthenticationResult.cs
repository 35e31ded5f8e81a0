namespace RabbitBridge;

/// <summary>An authenticator's decision about a client.</summary>
public sealed class AuthenticationResult
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private AuthenticationResult(AuthenticationOutcome outcome) => Outcome = outcome;

    /// <summary>The decision.</summary>
    public AuthenticationOutcome Outcome { get; }

    /// <summary>On whose behalf the session will act; empty for an anonymous one.</summary>
    public string Principal { get; private init; } = string.Empty;

    /// <summary>The roles of the session. The configured ones for anonymous or named sessions come to them.</summary>
    public IReadOnlyCollection<string> Roles { get; private init; } = [];

    /// <summary>
    /// User properties of the session, and <c>$Country</c>, <c>$Language</c>, <c>$Latitude</c> and <c>$Longitude</c>; other
    /// keys starting with <c>$</c> are dropped. What the client proposed and is trusted comes to them.
    /// </summary>
    public IReadOnlyDictionary<string, string> Properties { get; private init; } = None;

    /// <summary>When the session ends at the latest; <see langword="null"/> for no limit.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Why the client may not, for the gateway's log; the client does not see it.</summary>
    public string Message { get; private init; } = string.Empty;

    /// <summary>Leaves the decision to the next authenticator.</summary>
    public static AuthenticationResult Abstain { get; } = new(AuthenticationOutcome.Abstained);

    /// <summary>Lets the client open a session.</summary>
    /// <param name="principal">On whose behalf it acts; empty for an anonymous session.</param>
    /// <param name="roles">Its roles; <see langword="null"/> for none.</param>
    /// <param name="properties">Its user properties; <see langword="null"/> for none.</param>
    /// <param name="expires">When it ends at the latest; <see langword="null"/> for no limit.</param>
    /// <returns>The decision.</returns>
    public static AuthenticationResult Allow(
        string principal, IEnumerable<string>? roles = null, IReadOnlyDictionary<string, string>? properties = null, DateTimeOffset? expires = null)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return new AuthenticationResult(AuthenticationOutcome.Allowed)
        {
            Principal = principal,
            Roles = [.. roles ?? []],
            Properties = properties ?? None,
            Expires = expires,
        };
    }

    /// <summary>Refuses the client.</summary>
    /// <param name="message">Why, for the gateway's log; the client does not see it.</param>
    /// <returns>The decision.</returns>
    public static AuthenticationResult Deny(string message) => new(AuthenticationOutcome.Denied) { Message = message };
}
