using System.Buffers;

namespace RabbitBridge.Cli.Values;

/// <summary>Reads values of every type as they came, and writes each in its own type.</summary>
internal sealed class PayloadDataType : DataType<Payload>
{
    private PayloadDataType()
    {
    }

    public static PayloadDataType Instance { get; } = new();

    public override string ContentType => ContentTypes.Binary;

    public override string ContentTypeOf(Payload value) => value.ContentType;

    public override bool CanRead(string contentType) => true;

    public override void Write(Payload value, IBufferWriter<byte> writer) => writer.Write(value.Bytes.Span);

    public override bool TryGetBytes(Payload value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = value.Bytes;
        return true;
    }

    public override Payload Read(string contentType, ReadOnlyMemory<byte> bytes) => new(contentType, bytes);
}
