using System.Buffers.Binary;
using System.Text.Json;

namespace RabbitBridge.Projects;

/// <summary>A project message between gateways: what is asked of the receiving one. The payload follows it in the same body.</summary>
internal sealed record GatewayMessage
{
    public const string ContentType = "application/vnd.rabbitbridge.project-message";

    private const int LengthBytes = sizeof(int);

    /// <summary>Its path, as every request has one; it is the target that counts.</summary>
    public static MessagePath Path { get; } = MessagePath.Parse("project-message");

    public required string Project { get; init; }

    public required string Handler { get; init; }

    /// <summary>Whether it is a request to the gateway's handler, which answers.</summary>
    public bool IsRequest { get; init; }

    public MessageScope Scope { get; init; }

    public string? ClientSessionId { get; init; }

    public string? User { get; init; }

    public string? HasRole { get; init; }

    public string? HostName { get; init; }

    public string Principal { get; init; } = string.Empty;

    public IReadOnlyCollection<string> Roles { get; init; } = [];

    /// <exception cref="InvalidMessageDataException">A name is none.</exception>
    public static void CheckNames(string? project, string? handler) => ProjectPayload.CheckNames(project ?? string.Empty, handler ?? string.Empty);

    /// <exception cref="InvalidMessageDataException">It is no JSON object.</exception>
    public static void CheckPayload(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                reader.Skip();
                if (!reader.Read())
                    return;
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The payload of a project message is no JSON: {exception.Message}", exception);
        }

        throw new InvalidMessageDataException("The payload of a project message is a JSON object, and nothing else.");
    }

    public byte[] Write(ReadOnlySpan<byte> payload)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(this, ProjectJson.Default.GatewayMessage);
        var body = GC.AllocateUninitializedArray<byte>(LengthBytes + header.Length + payload.Length);
        BinaryPrimitives.WriteInt32BigEndian(body, header.Length);
        header.CopyTo(body.AsSpan(LengthBytes));
        payload.CopyTo(body.AsSpan(LengthBytes + header.Length));
        return body;
    }

    /// <exception cref="InvalidMessageDataException">It is none.</exception>
    public static GatewayMessage Read(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> payload)
    {
        var length = body.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt32BigEndian(body.Span);
        if (length < 0 || length > body.Length - LengthBytes)
            throw new InvalidMessageDataException("The project message is cut off.");
        payload = body[(LengthBytes + length)..];
        try
        {
            return JsonSerializer.Deserialize(body.Span.Slice(LengthBytes, length), ProjectJson.Default.GatewayMessage)
                ?? throw new InvalidMessageDataException("The project message is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidMessageDataException($"The project message cannot be read: {exception.Message}", exception);
        }
    }
}
