using System.Collections.Frozen;

namespace RabbitBridge.Security;

/// <summary>The principals of the configuration.</summary>
internal sealed class PrincipalBook
{
    private readonly FrozenDictionary<string, KnownPrincipal> _principals;

    public PrincipalBook(IDictionary<string, PrincipalOptions> principals)
    {
        _principals = principals.ToFrozenDictionary(static each => each.Key, static each => new KnownPrincipal(each.Key, each.Value), StringComparer.Ordinal);
        MostIterations = _principals.Count == 0 ? PasswordHash.DefaultIterations : _principals.Values.Max(static each => each.Iterations);
    }

    public int Count => _principals.Count;

    /// <summary>What the dearest hash costs; every refusal costs as much.</summary>
    public int MostIterations { get; }

    public KnownPrincipal? Find(string name) => _principals.GetValueOrDefault(name);
}
