namespace RabbitBridge.IntegrationTests;

/// <summary>An answer as a plain AMQP client reads it.</summary>
internal sealed record PlainReply(string? Status, string? Error, string? ContentType, string Text, string? CorrelationId);
