namespace RabbitBridge.Fabric;

/// <summary>A branch that a gateway handles.</summary>
/// <param name="Path">The branch.</param>
/// <param name="Properties">The keys of sender properties that its handlers want.</param>
/// <param name="Redelivery">Whether its requests go through the handler queue, to be given to another gateway if one dies.</param>
internal sealed record BranchAnnouncement(MessagePath Path, IReadOnlyList<string> Properties, bool Redelivery)
{
    public bool Equals(BranchAnnouncement? other) =>
        other is not null && Path == other.Path && Redelivery == other.Redelivery && Properties.SequenceEqual(other.Properties);

    public override int GetHashCode() => HashCode.Combine(Path, Redelivery, Properties.Count);
}
