namespace RabbitBridge.Remote;

/// <summary>What a client says first on a connection.</summary>
internal sealed record OpenRequest
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public string ClientType { get; init; } = "OTHER";

    public string? Principal { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public Dictionary<string, string>? Properties { get; init; }

    /// <summary>The project to which the session belongs.</summary>
    public string? Project { get; init; }

    /// <summary>The name of the client's host; its address if it tells none.</summary>
    public string? HostName { get; init; }

    public ResumeRequest? Resume { get; init; }
}
