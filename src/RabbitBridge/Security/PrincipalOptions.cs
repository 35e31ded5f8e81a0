namespace RabbitBridge;

/// <summary>A principal who logs in with a password.</summary>
public sealed class PrincipalOptions
{
    /// <summary>What <see cref="RabbitBridge.PasswordHash.Create"/> made of the password: <c>pbkdf2-sha512$iterations$salt$hash</c>.</summary>
    public string PasswordHash { get; set; } = string.Empty;

    /// <summary>The roles of the principal's sessions.</summary>
    /// <value>The default is none.</value>
    public IList<string> Roles { get; } = [];

    /// <summary>User properties of the principal's sessions.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, string> Properties { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
