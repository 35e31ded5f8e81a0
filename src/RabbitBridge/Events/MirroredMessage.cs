using System.Text.Json;

namespace RabbitBridge.Events;

/// <summary>The body of a project message's event.</summary>
internal sealed record MirroredMessage
{
    public required string Project { get; init; }

    public required string MessageHandler { get; init; }

    public required string Gateway { get; init; }

    /// <summary>The session that sent it; <see langword="null"/> for a plain AMQP client.</summary>
    public string? Sender { get; init; }

    public required string Principal { get; init; }

    public required IEnumerable<string> Roles { get; init; }

    public required JsonElement Payload { get; init; }
}
