namespace RabbitBridge.Fabric;

/// <summary>A queue that is bound at the level of a branch, and is no gateway's.</summary>
/// <param name="Path">The branch.</param>
/// <param name="Queue">The queue.</param>
internal readonly record struct BoundQueue(MessagePath Path, string Queue);
