using System.Text;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.UnitTests.Values;

public sealed class PayloadTextTests
{
    [Theory]
    [InlineData(ContentTypes.Text, "tea", "tea", "\"tea\"")]
    [InlineData(ContentTypes.Json, "{\"a\": \"é\"}", "{\"a\": \"é\"}", "{\"a\":\"é\"}")]
    [InlineData(ContentTypes.Json, "\"tea\"", "\"tea\"", "\"tea\"")]
    [InlineData(ContentTypes.Json, "null", "null", "null")]
    [InlineData(ContentTypes.Json, "{", "{", "\"{\"")]
    [InlineData(ContentTypes.Int64, "42", "42", "42")]
    [InlineData(ContentTypes.Int64, "x", "x", "\"x\"")]
    [InlineData(ContentTypes.Double, "1.5", "1.5", "1.5")]
    [InlineData(ContentTypes.Double, "NaN", "NaN", "\"NaN\"")]
    [InlineData(ContentTypes.Binary, "tea", "dGVh", "\"dGVh\"")]
    [InlineData(ContentTypes.RecordV2, "a\u0002b\u0002\u0001", "[[\"a\",\"b\"]]", "[[\"a\",\"b\"]]")]
    [InlineData(ContentTypes.MessagePack, "\u0001", "1", "1")]
    [InlineData("image/x-tea", "tea", "tea", "\"tea\"")]
    [InlineData("image/x-tea", "\u0000", "AA==", "\"AA==\"")]
    public void Values_of_any_type_are_shown(string contentType, string bytes, string text, string json)
    {
        var payload = new Payload(contentType, Encoding.UTF8.GetBytes(bytes));

        Assert.Equal(text, payload.ToText());
        Assert.Equal(json, payload.ToJson()?.ToJsonString(JsonLines.Options) ?? "null");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_base64() => Assert.Equal("/w==", new Payload(ContentTypes.Text, new byte[] { 0xFF }).ToText());

    [Fact]
    public void A_terminal_gets_no_control_characters() => Assert.Equal("a\uFFFD[31mb\n\tc", "a\u001b[31mb\n\tc".WithoutControls());
}
