namespace RabbitBridge.Security;

/// <summary>A principal of the configuration.</summary>
internal sealed class KnownPrincipal
{
    public KnownPrincipal(string name, PrincipalOptions options)
    {
        if (!PasswordHash.TryParse(options.PasswordHash, out var parts, out var problem))
            throw new FormatException(problem);
        (Name, HashText, Iterations, Salt, Hash) = (name, options.PasswordHash, parts.Iterations, parts.Salt, parts.Hash);
        Roles = [.. options.Roles];
        Properties = options.Properties.ToDictionary(StringComparer.Ordinal);
    }

    public string Name { get; }

    public string HashText { get; }

    public int Iterations { get; }

    public byte[] Salt { get; }

    public byte[] Hash { get; }

    public IReadOnlyList<string> Roles { get; }

    public IReadOnlyDictionary<string, string> Properties { get; }
}
