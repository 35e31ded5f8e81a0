using System.Buffers;
using System.Text;

namespace RabbitBridge;

/// <summary>UTF-8 as values have it: what is none, and text that has no UTF-8, is an error and never replaced.</summary>
internal static class Utf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The byte order mark.</summary>
    public static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The bytes behind the byte order mark, if they begin with one: it says how text is encoded, and is no part of it.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> bytes) => bytes.Span.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;

    /// <inheritdoc cref="WithoutMark(ReadOnlyMemory{byte})"/>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;

    /// <param name="text">The text.</param>
    /// <param name="writer">Where to write.</param>
    /// <param name="where">Where the text is, for the error.</param>
    /// <exception cref="InvalidMessageDataException">The text has half of a surrogate pair.</exception>
    public static void Write(string text, IBufferWriter<byte> writer, Func<string> where)
    {
        try
        {
            Strict.GetBytes(text, writer);
        }
        catch (EncoderFallbackException exception)
        {
            throw new InvalidMessageDataException($"{where()} has half of a surrogate pair at index {IndexOfHalf(text)}, which no UTF-8 stands for.", exception);
        }
    }

    /// <exception cref="InvalidMessageDataException">The bytes are no UTF-8.</exception>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidMessageDataException($"The bytes are not text in UTF-8 from byte {exception.Index} on.", exception);
        }
    }

    /// <summary>The index of the first half of a surrogate pair that has no other half; -1 if there is none.</summary>
    public static int IndexOfHalf(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return i;
            i++;
        }

        return -1;
    }
}
