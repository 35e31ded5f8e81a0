namespace RabbitBridge.IntegrationTests;

/// <summary>An answer as a plain AMQP client reads it.</summary>
internal sealed record PlainReply(string? Status, string? Error, string? ContentType, string Text, string? CorrelationId)
{
    /// <summary>The session that answers a filter request.</summary>
    public string? Session { get; init; }

    /// <summary>How many gateways there are, as far as the one that answers knows.</summary>
    public int? Gateways { get; init; }

    /// <summary>The gateway that tells its number of sessions, and the number.</summary>
    public (string? Gateway, int? Sessions) Count { get; init; }
}
