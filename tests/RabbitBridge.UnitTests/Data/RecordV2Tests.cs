using System.Buffers;
using System.Text;
using CsCheck;

namespace RabbitBridge.UnitTests.Data;

public sealed class RecordV2Tests
{
    private static readonly Gen<RecordV2> Records = Gen.OneOf("", "a", "é😀", "\0", "\u0003", " ").Array[0, 3].Array[0, 4]
        .Select(records => new RecordV2(records));

    [Fact]
    public void Every_value_reads_back() => Records.Sample(value => Assert.Equal(value, Read(Write(value))));

    [Fact]
    public void Different_values_have_different_bytes() => Gen.Select(Records, Records).Sample(
        (one, two) => Assert.Equal(one.Equals(two), Write(one).SequenceEqual(Write(two))));

    [Fact]
    public void Equal_values_have_equal_hash_codes() => Records.Sample(
        value => Assert.Equal(value.GetHashCode(), Read(Write(value)).GetHashCode()));

    [Theory]
    [InlineData("", 0)]
    [InlineData("\u0001", 1)]
    [InlineData("\u0001\u0001", 2)]
    [InlineData("\u0002\u0001", 1)]
    [InlineData("a\u0002b\u0002\u0001c\u0002\u0001", 2)]
    public void The_wire_form_is_that_of_the_contract(string text, int records)
    {
        var value = Read(Encoding.UTF8.GetBytes(text));

        Assert.Equal(records, value.Records.Count);
        Assert.Equal(text, Encoding.UTF8.GetString(Write(value)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a\u0002")]
    [InlineData("a\u0001")]
    [InlineData("a\u0002\u0001b")]
    [InlineData("a\u0002b\u0001")]
    public void What_does_not_end_as_it_must_is_refused(string text) =>
        Assert.Throws<InvalidMessageDataException>(() => Read(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("a\u0001b")]
    [InlineData("\u0002")]
    public void A_field_cannot_hold_what_ends_fields_and_records(string field) =>
        Assert.Throws<InvalidMessageDataException>(() => new RecordV2([field]));

    [Fact]
    public void A_value_does_not_change_with_the_lists_that_it_was_made_of()
    {
        var fields = new List<string> { "a" };
        var value = new RecordV2(fields);

        fields[0] = "b";

        Assert.Equal(new RecordV2(["a"]), value);
        Assert.False(value.Equals(null));
        Assert.False(value.Equals("a"));
    }

    private static byte[] Write(RecordV2 value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        DataTypes.RecordV2.Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static RecordV2 Read(byte[] bytes) => DataTypes.RecordV2.Read(ContentTypes.RecordV2, bytes);
}
