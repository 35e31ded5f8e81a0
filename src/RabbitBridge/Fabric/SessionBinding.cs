namespace RabbitBridge.Fabric;

/// <summary>
/// What a gateway binds its inbox with, to get filter requests: a request that carries any of these headers is delivered.
/// </summary>
/// <param name="Name">The header that tells the binding from others.</param>
/// <param name="Also">The other headers.</param>
internal sealed record SessionBinding(string Name, IReadOnlyList<string> Also)
{
    public IEnumerable<string> Headers => Also.Prepend(Name);

    public bool Equals(SessionBinding? other) => other is not null && Headers.SequenceEqual(other.Headers, StringComparer.Ordinal);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
