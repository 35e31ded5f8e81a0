using System.Buffers;
using CsCheck;

namespace RabbitBridge.UnitTests.Data;

public sealed class MessagePackDataTypeTests
{
    private readonly MessagePackDataType<Dictionary<string, int[]>> _type = new();

    [Fact]
    public void Values_read_back() => Gen.Select(Gen.String, Gen.Int.Array).Array[0, 5].Sample(pairs =>
    {
        var value = pairs.DistinctBy(pair => pair.Item1).ToDictionary();
        Assert.Equal(value, _type.Read(ContentTypes.MessagePack, Write(value)));
    });

    [Fact]
    public void Only_what_fits_is_read() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 60]).Sample((noise, cut) =>
    {
        var whole = Write(new Dictionary<string, int[]> { ["a"] = [1, 2, 3], ["long enough to be cut somewhere"] = [int.MaxValue] });
        foreach (var bytes in new ReadOnlyMemory<byte>[] { noise, whole[..Math.Min(cut, whole.Length - 1)] })
        {
            var error = Record.Exception(() => _type.Read(ContentTypes.MessagePack, bytes));
            Assert.True(error is null or InvalidMessageDataException, $"{error}\n{Convert.ToHexString(bytes.Span)}");
        }
    });

    [Fact]
    public void It_reads_its_own_content_type_and_no_other()
    {
        Assert.True(_type.CanRead(ContentTypes.MessagePack));
        Assert.False(_type.CanRead(ContentTypes.Json));
        Assert.False(_type.CanRead(ContentTypes.Binary));
    }

    private ReadOnlyMemory<byte> Write(Dictionary<string, int[]> value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _type.Write(value, buffer);
        return buffer.WrittenMemory;
    }

    [Fact]
    public void What_cannot_be_written_is_InvalidData_S34()
    {
        var error = Assert.Throws<InvalidMessageDataException>(() => Write(new Dictionary<string, int[]> { ["ab\ud800"] = [1] }));

        Assert.Contains("index 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidMessageDataException>(() => new MessagePackDataType<MessagePackDataTypeTests>().Write(this, new ArrayBufferWriter<byte>()));
    }
}
