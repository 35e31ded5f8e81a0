using System.Text;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.UnitTests.Values;

public sealed class PayloadParserTests
{
    [Theory]
    [InlineData("tea é", ValueKind.Text, ContentTypes.Text, "tea é")]
    [InlineData("{\"a\":1}", ValueKind.Json, ContentTypes.Json, "{\"a\":1}")]
    [InlineData("-7", ValueKind.Int64, ContentTypes.Int64, "-7")]
    [InlineData("1e3", ValueKind.Double, ContentTypes.Double, "1000")]
    [InlineData("NaN", ValueKind.Double, ContentTypes.Double, "NaN")]
    [InlineData("dGVh", ValueKind.Binary, ContentTypes.Binary, "tea")]
    internal void Values_are_encoded_as_their_type_says(string text, ValueKind kind, string contentType, string bytes)
    {
        var payload = PayloadParser.Parse(text, kind);

        Assert.Equal((contentType, bytes), (payload.ContentType, Encoding.UTF8.GetString(payload.Bytes.Span)));
    }

    [Theory]
    [InlineData("{", ValueKind.Json)]
    [InlineData("tea", ValueKind.Json)]
    [InlineData("1.5", ValueKind.Int64)]
    [InlineData("9223372036854775808", ValueKind.Int64)]
    [InlineData("one", ValueKind.Double)]
    [InlineData("1,5", ValueKind.Double)]
    [InlineData("?", ValueKind.Binary)]
    internal void What_is_no_value_of_its_type_is_refused(string text, ValueKind kind) =>
        Assert.Throws<FormatException>(() => PayloadParser.Parse(text, kind));
}
