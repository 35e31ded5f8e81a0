using System.Text.Json;

namespace RabbitBridge;

/// <summary>A message as its handler gets it.</summary>
public sealed class ProjectMessage
{
    // A JsonElement: who reads it twice at once makes two that are equal.
    private object? _payload;

    internal ProjectMessage(string project, string messageHandler, ReadOnlyMemory<byte> json) =>
        (Project, MessageHandler, Json) = (project, messageHandler, json);

    /// <summary>The project.</summary>
    public string Project { get; }

    /// <summary>The handler's name.</summary>
    public string MessageHandler { get; }

    /// <summary>The payload, a JSON object.</summary>
    /// <exception cref="JsonException">Whoever sent it did not send JSON.</exception>
    public JsonElement Payload => (JsonElement)(_payload ??= Parse());

    /// <summary>The payload's bytes, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The session that sent it.</summary>
    public SessionId Sender { get; init; }

    /// <summary>The sender's principal, as its gateway tells; empty if anonymous.</summary>
    public string Principal { get; init; } = string.Empty;

    /// <summary>The sender's roles, as its gateway tells.</summary>
    public IReadOnlyCollection<string> Roles { get; init; } = [];

    /// <summary>The sender's trace context, within which the handler's span is.</summary>
    internal string? TraceParent { get; init; }

    private JsonElement Parse()
    {
        using var document = JsonDocument.Parse(Json);
        return document.RootElement.Clone();
    }
}
