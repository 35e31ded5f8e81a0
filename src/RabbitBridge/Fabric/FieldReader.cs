using System.Buffers.Binary;
using System.Text;

namespace RabbitBridge.Fabric;

/// <summary>Reads what a <see cref="FieldWriter"/> has written.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    /// <exception cref="InvalidMessageDataException">There is no more.</exception>
    public byte ReadByte() => Take(sizeof(byte))[0];

    /// <exception cref="InvalidMessageDataException">There is no more.</exception>
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    /// <exception cref="InvalidMessageDataException">There is no more.</exception>
    public string? ReadText() => ReadInt32() is >= 0 and var count ? Encoding.UTF8.GetString(Take(count)) : null;

    /// <exception cref="InvalidMessageDataException">There is no more, or it is none.</exception>
    public string ReadRequiredText() => ReadText() ?? throw new InvalidMessageDataException("A text of the project message is missing.");

    /// <summary>Reads how many items follow, each of so many bytes at least.</summary>
    /// <exception cref="InvalidMessageDataException">So many cannot follow.</exception>
    public int ReadCount(int bytesOfItem) => ReadInt32() is >= 0 and var count && count <= (_bytes.Length - Position) / bytesOfItem ? count : throw CutOff();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - Position)
            throw CutOff();
        Position += count;
        return _bytes.Slice(Position - count, count);
    }

    private static InvalidMessageDataException CutOff() => new("The project message is cut off.");
}
