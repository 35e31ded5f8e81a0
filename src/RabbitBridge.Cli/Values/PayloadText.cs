using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MessagePack;

namespace RabbitBridge.Cli.Values;

/// <summary>Shows values of any type, also of those that are not known, and such as are not what their type says.</summary>
internal static class PayloadText
{
    private const char Replacement = '\uFFFD';
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>For people: text as it is, and what is none as base64.</summary>
    public static string ToText(this Payload payload) => payload.ToJson() switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String && MediaType.TypeOf(payload.ContentType) != ContentTypes.Json => value.GetValue<string>(),
        { } value when MediaType.TypeOf(payload.ContentType) != ContentTypes.Json => value.ToJsonString(JsonLines.Options),
        _ => Encoding.UTF8.GetString(payload.Bytes.Span).TrimStart('\uFEFF'),
    };

    /// <summary>For terminals, which must not obey what somebody else has sent.</summary>
    public static string WithoutControls(this string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\t') ? Replacement : from[i];
    });

    /// <summary>For scripts: numbers as numbers, JSON as JSON, records as arrays of arrays, text as a string, and all else as base64.</summary>
    public static JsonNode? ToJson(this Payload payload)
    {
        var bytes = payload.Bytes;
        try
        {
            return MediaType.TypeOf(payload.ContentType) switch
            {
                ContentTypes.Json => DataTypes.Json<JsonNode>().Read(payload.ContentType, bytes),
                ContentTypes.Text => DataTypes.Text.Read(payload.ContentType, bytes),
                ContentTypes.Int64 => DataTypes.Int64.Read(payload.ContentType, bytes),
                ContentTypes.Double => Number(DataTypes.Double.Read(payload.ContentType, bytes)),
                ContentTypes.RecordV2 => Records(DataTypes.RecordV2.Read(payload.ContentType, bytes)),
                ContentTypes.MessagePack => JsonNode.Parse(MessagePackSerializer.ConvertToJson(bytes)),
                ContentTypes.Binary => Convert.ToBase64String(bytes.Span),
                _ => TextOrBase64(bytes),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidMessageDataException or MessagePackSerializationException or DecoderFallbackException)
        {
            return TextOrBase64(bytes);
        }
    }

    // JSON has no such numbers.
    private static JsonValue Number(double number) =>
        double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture))!;

    private static JsonArray Records(RecordV2 records) =>
        new([.. records.Records.Select(fields => new JsonArray([.. fields.Select(field => JsonValue.Create(field))]))]);

    private static string TextOrBase64(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes.Span);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? Convert.ToBase64String(bytes.Span) : text;
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToBase64String(bytes.Span);
        }
    }
}
