using System.Buffers;

namespace RabbitBridge;

internal sealed class TextDataType : DataType<string>
{
    public override string ContentType => ContentTypes.Text;

    public override void Write(string value, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        // The first one is taken for a byte order mark by whoever reads.
        if (value.StartsWith('\uFEFF'))
            writer.Write(Utf8.Mark);
        Utf8.Write(value, writer, static () => "The text");
    }

    public override string Read(string contentType, ReadOnlyMemory<byte> bytes) => Utf8.Read(Utf8.WithoutMark(bytes.Span));
}
