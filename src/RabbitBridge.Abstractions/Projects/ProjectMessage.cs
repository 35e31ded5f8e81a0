using System.Text.Json;

namespace RabbitBridge;

/// <summary>A message as its handler gets it.</summary>
public sealed class ProjectMessage
{
    private readonly Lazy<JsonElement> _payload;

    internal ProjectMessage(string project, string messageHandler, ReadOnlyMemory<byte> json)
    {
        (Project, MessageHandler, Json) = (project, messageHandler, json);
        _payload = new Lazy<JsonElement>(() =>
        {
            using var document = JsonDocument.Parse(Json);
            return document.RootElement.Clone();
        });
    }

    /// <summary>The project.</summary>
    public string Project { get; }

    /// <summary>The handler's name.</summary>
    public string MessageHandler { get; }

    /// <summary>The payload, a JSON object.</summary>
    /// <exception cref="JsonException">Whoever sent it did not send JSON.</exception>
    public JsonElement Payload => _payload.Value;

    /// <summary>The payload's bytes, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The session that sent it.</summary>
    public SessionId Sender { get; init; }

    /// <summary>The sender's principal, as its gateway tells; empty if anonymous.</summary>
    public string Principal { get; init; } = string.Empty;

    /// <summary>The sender's roles, as its gateway tells.</summary>
    public IReadOnlyCollection<string> Roles { get; init; } = [];
}
