using System.Buffers.Binary;
using System.Text;

namespace RabbitBridge.Fabric;

/// <summary>Writes the fields of project messages between gateways. A text is its length in four bytes, -1 for none, and its bytes in UTF-8.</summary>
internal sealed class FieldWriter(int capacity)
{
    private const int MaxBytesOfChar = 3;

    // What cannot be written is not changed silently into something else.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _bytes = new byte[capacity];
    private int _length;

    public void Write(byte value) => Take(sizeof(byte))[0] = value;

    public void Write(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    /// <exception cref="InvalidMessageDataException">It has half a surrogate pair.</exception>
    public void Write(string? text)
    {
        if (text is null)
        {
            Write(-1);
            return;
        }

        Reserve(sizeof(int) + (text.Length * MaxBytesOfChar));
        try
        {
            var count = Strict.GetBytes(text, _bytes.AsSpan(_length + sizeof(int)));
            Write(count);
            _length += count;
        }
        catch (EncoderFallbackException exception)
        {
            throw new InvalidMessageDataException($"A text of a project message has half a surrogate pair, and cannot be sent: {exception.Message}", exception);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public ReadOnlyMemory<byte> ToMemory() => _bytes.AsMemory(0, _length);

    private Span<byte> Take(int count)
    {
        Reserve(count);
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
    }
}
