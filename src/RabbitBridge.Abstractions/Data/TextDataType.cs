using System.Buffers;
using System.Text;

namespace RabbitBridge;

internal sealed class TextDataType : DataType<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override string ContentType => ContentTypes.Text;

    public override void Write(string value, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        Encoding.UTF8.GetBytes(value, writer);
    }

    public override string Read(string contentType, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidMessageDataException("The bytes are not text in UTF-8.", exception);
        }
    }
}
