namespace RabbitBridge;

/// <summary>How a gateway's message handler is called, and by whom.</summary>
public sealed record MessageHandlerOptions
{
    /// <summary>In which queue it stands.</summary>
    /// <value>The default is <see cref="HandlerThreading.Shared"/>.</value>
    public HandlerThreading Threading { get; init; } = HandlerThreading.Shared;

    /// <summary>The roles of which a sender must have one.</summary>
    /// <value>The default is none: everybody may send.</value>
    public IReadOnlyCollection<string> Roles { get; init; } = [];

    /// <summary>How long it may take. Then its token is cancelled, and the next message goes on without waiting for it any longer.</summary>
    /// <value>The default is 30 s; from 1 ms to 24 days, or infinite.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
