using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RabbitBridge.Cli.Values;

/// <summary>Reads values from the command line.</summary>
internal static class PayloadParser
{
    /// <exception cref="FormatException">The text is no value of the kind; the message says what one looks like.</exception>
    public static Payload Parse(string text, ValueKind kind) => kind switch
    {
        ValueKind.Text => Encode(DataTypes.Text, text),
        ValueKind.Json => new Payload(ContentTypes.Json, Json(text)),
        ValueKind.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => Encode(DataTypes.Int64, number),
        ValueKind.Double when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Encode(DataTypes.Double, number),
        ValueKind.Int64 => throw new FormatException($"'{text}' is no int64; that is a whole number from {long.MinValue} to {long.MaxValue}."),
        ValueKind.Double => throw new FormatException($"'{text}' is no double; that is a number such as 1.5 or -2e9, or NaN, Infinity, -Infinity."),
        _ => new Payload(ContentTypes.Binary, Binary(text)),
    };

    /// <summary>Reads a value that is a file: binary is its bytes, everything else UTF-8, of which numbers have no more than white space around them.</summary>
    /// <exception cref="FormatException">The bytes are no value of the kind; the message says what one looks like.</exception>
    public static Payload Parse(ReadOnlyMemory<byte> bytes, ValueKind kind)
    {
        if (kind == ValueKind.Binary)
            return new Payload(ContentTypes.Binary, bytes);
        var text = InputFile.Text(bytes);
        return Parse(kind is ValueKind.Int64 or ValueKind.Double ? text.Trim() : text, kind);
    }

    private static byte[] Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Encoding.UTF8.GetBytes(text);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The value is no JSON: {exception.Message} A string needs its quotes also inside those of the shell.", exception);
        }
    }

    private static byte[] Binary(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"'{text}' is no base64, in which binary values are written.", exception);
        }
    }

    private static Payload Encode<T>(DataType<T> type, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        type.Write(value, buffer);
        return new Payload(type.ContentType, buffer.WrittenMemory);
    }
}
