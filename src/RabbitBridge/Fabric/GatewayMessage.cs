using System.Text.Json;

namespace RabbitBridge.Fabric;

/// <summary>A project message between gateways: what is asked of the receiving one. The payload follows it in the same body.</summary>
internal sealed record GatewayMessage
{
    public const string ContentType = "application/vnd.rabbitbridge.project-message";

    // What the fields of most messages have room in.
    private const int HeaderBytes = 384;

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

    public string? TraceParent { get; init; }

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

    /// <exception cref="InvalidMessageDataException">A text cannot be written.</exception>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> payload)
    {
        var writer = new FieldWriter(HeaderBytes + payload.Length);
        writer.Write((byte)(IsRequest ? 1 : 0));
        writer.Write((byte)Scope);
        foreach (var text in new ReadOnlySpan<string?>([Project, Handler, ClientSessionId, User, HasRole, HostName, Principal, TraceParent]))
            writer.Write(text);
        writer.Write(Roles.Count);
        foreach (var role in Roles)
            writer.Write(role);
        writer.Write(payload);
        return writer.ToMemory();
    }

    /// <exception cref="InvalidMessageDataException">It is none.</exception>
    public static GatewayMessage Read(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> payload)
    {
        var reader = new FieldReader(body.Span);
        var (isRequest, scope) = (reader.ReadByte() != 0, (MessageScope)reader.ReadByte());
        var message = new GatewayMessage
        {
            IsRequest = isRequest,
            Scope = scope,
            Project = reader.ReadRequiredText(),
            Handler = reader.ReadRequiredText(),
            ClientSessionId = reader.ReadText(),
            User = reader.ReadText(),
            HasRole = reader.ReadText(),
            HostName = reader.ReadText(),
            Principal = reader.ReadRequiredText(),
            TraceParent = reader.ReadText(),
            Roles = ReadRoles(ref reader),
        };
        payload = body[reader.Position..];
        return message;
    }

    private static string[] ReadRoles(ref FieldReader reader)
    {
        var count = reader.ReadCount(sizeof(int));
        if (count == 0)
            return [];
        var roles = new string[count];
        for (var i = 0; i < count; i++)
            roles[i] = reader.ReadRequiredText();
        return roles;
    }
}
