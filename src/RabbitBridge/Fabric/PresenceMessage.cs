namespace RabbitBridge.Fabric;

/// <summary>A message of the presence protocol, by which gateways know each other and each other's routes.</summary>
internal sealed record PresenceMessage() : LinkMessage("presence message")
{
    public required PresenceKind Kind { get; init; }

    /// <summary>The sending gateway process, for as long as it runs.</summary>
    public required ulong Instance { get; init; }

    /// <summary>The sending gateway's name, which outlives its process.</summary>
    public required string Name { get; init; }

    /// <summary>The sender's inbox in its present epoch.</summary>
    public required string Address { get; init; }

    /// <summary>The version of the sender's routes; for an acknowledgement, that of the receiver's routes.</summary>
    public long Version { get; init; }

    /// <summary>The version on which a change builds.</summary>
    public long BaseVersion { get; init; }

    /// <summary>Milliseconds until the sender's next heartbeat.</summary>
    public int HeartbeatMilliseconds { get; init; }

    /// <summary>The branches that a snapshot holds or a change adds.</summary>
    public IReadOnlyList<BranchAnnouncement> Added { get; init; } = [];

    /// <summary>The branches that a change withdraws.</summary>
    public IReadOnlyList<MessagePath> Withdrawn { get; init; } = [];

    /// <summary>
    /// In a snapshot, and in a change of them, the headers by which filter requests reach the sender; <see langword="null"/> if the message does
    /// not tell.
    /// </summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>The gateways that the sender of a snapshot knows, so that a newcomer knows whom to ask.</summary>
    public IReadOnlyList<KnownGateway> Known { get; init; } = [];
}
