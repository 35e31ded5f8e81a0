namespace RabbitBridge.Fabric;

/// <summary>What has happened to a session, as it crosses the fabric.</summary>
internal sealed record SessionEvent
{
    public required SessionEventKind Kind { get; init; }

    /// <summary>The session; default for <see cref="SessionEventKind.Replaying"/> and <see cref="SessionEventKind.Replayed"/>.</summary>
    public SessionId Session { get; init; }

    /// <summary>All its properties, after the event.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The values before of what has changed.</summary>
    public IReadOnlyDictionary<string, string?> Previous { get; init; } = new Dictionary<string, string?>();

    public SessionCloseReason CloseReason { get; init; }
}
