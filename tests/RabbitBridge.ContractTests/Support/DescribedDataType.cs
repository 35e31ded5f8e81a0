using System.Buffers;
using System.Text;

namespace RabbitBridge.ContractTests;

/// <summary>Has each value choose its content type. What it reads is whatever has come, with the type under which it came.</summary>
/// <param name="isBytes">Whether values give their bytes instead of being written.</param>
public sealed class DescribedDataType(bool isBytes) : DataType<Described>
{
    public override string ContentType => "application/x-nobody-chose";

    public override string ContentTypeOf(Described value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.ContentType;
    }

    public override bool CanRead(string contentType) => true;

    public override bool TryGetBytes(Described value, out ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(value);
        bytes = isBytes ? Encoding.UTF8.GetBytes(value.Text) : default;
        return isBytes;
    }

    public override void Write(Described value, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.Write(Encoding.UTF8.GetBytes(value.Text));
    }

    public override Described Read(string contentType, ReadOnlyMemory<byte> bytes) => new(contentType, Encoding.UTF8.GetString(bytes.Span));
}
