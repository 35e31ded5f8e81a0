namespace RabbitBridge.Remote;

/// <summary>What a client asks of the Projects feature: to send a message, or a request. The payload goes beside it.</summary>
internal sealed record RemoteProjectSend
{
    public string Project { get; init; } = string.Empty;

    public string Handler { get; init; } = string.Empty;

    /// <summary>Whether it is a request to a gateway's handler; then only <see cref="Servers"/>, with one at most, and <see cref="Milliseconds"/> count.</summary>
    public bool IsRequest { get; init; }

    /// <summary><c>C</c>, <c>G</c> or <c>CG</c>; <see langword="null"/> for the default.</summary>
    public string? Scope { get; init; }

    public string? ClientSessionId { get; init; }

    public string? User { get; init; }

    public string? HasRole { get; init; }

    public string? HostName { get; init; }

    public List<string>? Servers { get; init; }

    /// <summary>The time of a request; <see langword="null"/> for the gateway's.</summary>
    public int? Milliseconds { get; init; }

    /// <summary>The client's trace context.</summary>
    public string? TraceParent { get; init; }
}
