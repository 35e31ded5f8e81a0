using System.Text.Json;

namespace RabbitBridge.Cli.Values;

/// <summary>Reads JSON objects from the command line.</summary>
internal static class JsonObjectText
{
    /// <exception cref="FormatException">The text is no JSON object; the message says what it is instead.</exception>
    public static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new FormatException($"JSON: a payload is an object such as {{\"a\":1}}, not {document.RootElement.ValueKind}.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"JSON: the payload is no JSON: {exception.Message}", exception);
        }
    }
}
