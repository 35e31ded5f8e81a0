namespace RabbitBridge.Remote;

/// <summary>A message between a remote session and its gateway. Each type has some of the elements; docs/remote-protocol.md says which.</summary>
internal sealed record RemoteMessage(RemoteMessageType Type, long Id = 0)
{
    /// <summary>Whoever asks gives the number when it sends, and must not copy a message for that.</summary>
    public long Id { get; set; } = Id;

    public string Path { get; init; } = string.Empty;

    /// <summary>The branch of the handler that a delivery is for; <see langword="null"/> for a request stream.</summary>
    public string? Branch { get; init; }

    public SessionId? Session { get; init; }

    public string? Filter { get; init; }

    /// <summary>A request's time; 0 for no limit, <see langword="null"/> for the gateway's.</summary>
    public int? Milliseconds { get; init; }

    public string? ContentType { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The W3C trace context of whoever sends a request.</summary>
    public string? TraceParent { get; init; }

    /// <summary>An error reason, or a close reason.</summary>
    public int Reason { get; init; }

    public string Text { get; init; } = string.Empty;

    /// <summary>Sessions of a count, answers of a credit, the kind of a session event.</summary>
    public int Count { get; init; }

    /// <summary>Property keys, or roles that are removed.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> AddedRoles { get; init; } = [];

    public bool Redelivery { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>Property values that are set, or were before.</summary>
    public IReadOnlyDictionary<string, string?>? Values { get; init; }

    public static RemoteMessage Failed(long id, ErrorReason reason, string text) =>
        new(RemoteMessageType.Error, id) { Reason = (int)reason, Text = text };
}
