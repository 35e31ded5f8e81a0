namespace RabbitBridge.Remote;

/// <summary>What the gateway answers to an <see cref="OpenRequest"/>.</summary>
internal sealed record OpenReply
{
    /// <summary>Why there is no session; then nothing else counts.</summary>
    public OpenError? Error { get; init; }

    public string Session { get; init; } = string.Empty;

    /// <summary>The secret with which the session can be resumed.</summary>
    public string Key { get; init; } = string.Empty;

    public string Principal { get; init; } = string.Empty;

    public Dictionary<string, string> Properties { get; init; } = [];

    public string Gateway { get; init; } = string.Empty;

    public bool Resumed { get; init; }

    /// <summary>The last frame that the gateway has.</summary>
    public long Received { get; init; }

    /// <summary>How long the session outlives its connection.</summary>
    public int GraceMilliseconds { get; init; }

    public int MaxMessageBytes { get; init; }

    public int MaxQueueBytes { get; init; }

    /// <summary>The time of a request that names none; 0 for no limit.</summary>
    public int RequestMilliseconds { get; init; }
}
