namespace RabbitBridge.Fabric;

/// <summary>A branch that a gateway handles.</summary>
/// <param name="Path">The branch.</param>
/// <param name="Properties">The keys of sender properties that its handlers want.</param>
/// <param name="Redelivery">Whether its requests go through the handler queue, to be given to another gateway if one dies.</param>
/// <param name="Service">The existing service that has the branch; <see langword="null"/> if handlers of sessions have it.</param>
internal sealed record BranchAnnouncement(MessagePath Path, IReadOnlyList<string> Properties, bool Redelivery, ServiceAnnouncement? Service = null)
{
    public bool Equals(BranchAnnouncement? other) =>
        other is not null && Path == other.Path && Redelivery == other.Redelivery && Properties.SequenceEqual(other.Properties) && Service == other.Service;

    public override int GetHashCode() => HashCode.Combine(Path, Redelivery, Properties.Count);
}
