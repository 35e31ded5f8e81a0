using System.Text;
using MessagePack;
using MessagePack.Formatters;

namespace RabbitBridge.RabbitMq.Data;

/// <summary>Writes text by another formatter, once it is known to have UTF-8: the library replaces half surrogate pairs without a word.</summary>
internal sealed class StrictTextFormatter(IMessagePackFormatter<string?> inner) : IMessagePackFormatter<string?>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Serialize(ref MessagePackWriter writer, string? value, MessagePackSerializerOptions options)
    {
        try
        {
            Strict.GetByteCount(value ?? string.Empty);
        }
        catch (EncoderFallbackException exception)
        {
            throw new MessagePackSerializationException($"A text has half of a surrogate pair at index {exception.Index}, which no UTF-8 stands for.", exception);
        }

        inner.Serialize(ref writer, value, options);
    }

    public string? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => inner.Deserialize(ref reader, options);
}
