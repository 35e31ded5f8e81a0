using System.Buffers;
using System.Buffers.Text;

namespace RabbitBridge;

internal sealed class Int64DataType : DataType<long>
{
    private const int LongestText = 20;

    public override string ContentType => ContentTypes.Int64;

    public override void Write(long value, IBufferWriter<byte> writer)
    {
        Utf8Formatter.TryFormat(value, writer.GetSpan(LongestText), out var written);
        writer.Advance(written);
    }

    public override long Read(string contentType, ReadOnlyMemory<byte> bytes) =>
        Utf8Parser.TryParse(bytes.Span, out long value, out var read) && read == bytes.Length
            ? value
            : throw new InvalidMessageDataException("The bytes are not the decimal digits of a 64-bit integer.");
}
