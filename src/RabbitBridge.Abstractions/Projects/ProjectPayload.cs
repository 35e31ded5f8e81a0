using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RabbitBridge.Sessions;

namespace RabbitBridge;

/// <summary>Writes the payloads and answers of project messages.</summary>
internal static class ProjectPayload
{
    /// <summary>What <see cref="IsName"/> demands, for messages.</summary>
    public const string NameRule = "is not empty, has no control characters, and 255 bytes at most in UTF-8";

    // Names as they are written: a handler in another language finds what the sender has set.
    private static readonly JsonSerializerOptions Options = JsonSerializerOptions.Default;

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(char.MinValue, char.MaxValue + 1).Select(static number => (char)number).Where(char.IsControl)]);

    private static readonly JsonSerializerOptions Relaxed = new(Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a payload.</summary>
    /// <exception cref="InvalidMessageDataException">It is no JSON object.</exception>
    public static ReadOnlyMemory<byte> Write(object? payload)
    {
        var json = payload is null ? "{}"u8.ToArray() : WriteValue(payload, "payload");
        return json[0] == '{'
            ? json
            : throw new InvalidMessageDataException($"The payload of a project message is a dictionary or another JSON object, not a {payload!.GetType().Name}.");
    }

    /// <summary>Writes a handler's answer.</summary>
    /// <exception cref="InvalidMessageDataException">It cannot be written as JSON.</exception>
    public static ReadOnlyMemory<byte> WriteAnswer(object? value) => value is null ? "null"u8.ToArray() : WriteValue(value, "answer");

    /// <summary>Reads an answer.</summary>
    /// <exception cref="InvalidMessageDataException">It does not fit the type.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Utf8.WithoutMark(json.Span), Options)!;
        }
#pragma warning disable CA1031 // Converters and constructors of the type may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException($"The answer does not fit {typeof(T).Name}: {exception.Message}", exception);
        }
    }

    /// <exception cref="InvalidMessageDataException">A name is none.</exception>
    public static void CheckNames(string project, string messageHandler)
    {
        Check(project, "project");
        Check(messageHandler, "message handler");
    }

    /// <summary>Whether it can be the name of a project or of a message handler.</summary>
    public static bool IsName(string name) => !string.IsNullOrWhiteSpace(name) && name.AsSpan().IndexOfAny(Controls) < 0
        && name.Length <= SessionChangeRules.MaxNameBytes && Encoding.UTF8.GetByteCount(name) <= SessionChangeRules.MaxNameBytes;

    private static void Check(string name, string what)
    {
        if (!IsName(name))
            throw new InvalidMessageDataException($"The name of a {what} {NameRule}.");
    }

    private static byte[] WriteValue(object value, string what)
    {
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Options);
            if (HalfSurrogates.MayBeIn(json))
                HalfSurrogates.Refuse(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Relaxed));
            return json;
        }
#pragma warning disable CA1031 // Converters and properties of the type may throw anything.
        catch (Exception exception) when (exception is not MessagingException)
#pragma warning restore CA1031
        {
            throw new InvalidMessageDataException($"The {what} cannot be written as JSON: {exception.Message}", exception);
        }
    }
}
