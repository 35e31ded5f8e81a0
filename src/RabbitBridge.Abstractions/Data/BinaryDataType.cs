using System.Buffers;

namespace RabbitBridge;

internal sealed class BinaryDataType(string contentType, bool readsAll) : DataType<ReadOnlyMemory<byte>>
{
    public override string ContentType => contentType;

    public override bool CanRead(string contentType) => readsAll || base.CanRead(contentType);

    public override void Write(ReadOnlyMemory<byte> value, IBufferWriter<byte> writer) => writer.Write(value.Span);

    public override bool TryGetBytes(ReadOnlyMemory<byte> value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = value;
        return true;
    }

    public override ReadOnlyMemory<byte> Read(string contentType, ReadOnlyMemory<byte> bytes) => bytes;
}
