namespace RabbitBridge.Remote;

/// <summary>A project message for a client's handler. The payload goes beside it.</summary>
internal sealed record RemoteProjectMessage
{
    public string Project { get; init; } = string.Empty;

    public string Handler { get; init; } = string.Empty;

    public string Sender { get; init; } = string.Empty;

    public string Principal { get; init; } = string.Empty;

    public List<string> Roles { get; init; } = [];

    /// <summary>The sender's trace context.</summary>
    public string? TraceParent { get; init; }
}
