using System.Buffers;

namespace RabbitBridge;

internal sealed class ByteArrayDataType : DataType<byte[]>
{
    public override string ContentType => ContentTypes.Binary;

    public override bool CanRead(string contentType) => true;

    public override void Write(byte[] value, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.Write(value);
    }

    public override bool TryGetBytes(byte[] value, out ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(value);
        bytes = value;
        return true;
    }

    public override byte[] Read(string contentType, ReadOnlyMemory<byte> bytes) => bytes.ToArray();
}
