using System.Buffers;

namespace RabbitBridge.ContractTests;

/// <summary>Reads any value as the content type under which it came.</summary>
public sealed class ContentTypeSpy : DataType<string>
{
    public override string ContentType => ContentTypes.Text;

    public override bool CanRead(string contentType) => true;

    public override void Write(string value, IBufferWriter<byte> writer) => DataTypes.Text.Write(value, writer);

    public override string Read(string contentType, ReadOnlyMemory<byte> bytes) => contentType;
}
