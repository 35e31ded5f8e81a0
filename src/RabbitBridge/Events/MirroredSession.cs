namespace RabbitBridge.Events;

/// <summary>The body of a session event.</summary>
internal sealed record MirroredSession
{
    public required string Session { get; init; }

    public required string Gateway { get; init; }

    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public required string State { get; init; }

    /// <summary>All properties of a session that is open.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>Why the session was closed.</summary>
    public string? Reason { get; init; }
}
