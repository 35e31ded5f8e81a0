using System.Buffers;

namespace RabbitBridge.ContractTests;

/// <summary>Writes bytes under any content type, true or not, and reads whatever comes.</summary>
public sealed class RawDataType(string contentType) : DataType<byte[]>
{
    public override string ContentType { get; } = contentType;

    public override bool CanRead(string contentType) => true;

    public override void Write(byte[] value, IBufferWriter<byte> writer) => writer.Write(value);

    public override byte[] Read(string contentType, ReadOnlyMemory<byte> bytes) => bytes.ToArray();
}
