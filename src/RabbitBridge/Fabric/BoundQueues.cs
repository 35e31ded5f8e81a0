namespace RabbitBridge.Fabric;

/// <summary>The queues that services have bound by themselves at the levels.</summary>
/// <param name="Branches">Those that stand for a branch.</param>
/// <param name="Others">Bindings that stand for none, such as of a key with wildcards, described for people: no session reaches them.</param>
internal sealed record BoundQueues(IReadOnlyList<BoundQueue> Branches, IReadOnlyList<string> Others);
