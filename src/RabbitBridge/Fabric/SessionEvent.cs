namespace RabbitBridge.Fabric;

/// <summary>What is told of a session across the fabric: its state, from which who listens finds out what has changed.</summary>
internal sealed record SessionEvent() : LinkMessage("session event")
{
    public required SessionEventKind Kind { get; init; }

    /// <summary>The session; default for <see cref="SessionEventKind.Replaying"/> and <see cref="SessionEventKind.Replayed"/>.</summary>
    public SessionId Session { get; init; }

    /// <summary>All properties of an open session.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    public SessionCloseReason CloseReason { get; init; }
}
