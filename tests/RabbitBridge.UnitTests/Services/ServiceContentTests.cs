using System.Text;
using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Services;

public sealed class ServiceContentTests
{
    [Theory]
    [InlineData(ContentTypes.Int64, "42", ContentTypes.Text, true)]
    [InlineData(ContentTypes.Int64, "42", ContentTypes.Json, true)]
    [InlineData(ContentTypes.Int64, "42", ContentTypes.Double, true)]
    [InlineData(ContentTypes.Double, "0.5", ContentTypes.Int64, false)]
    [InlineData(ContentTypes.Double, "NaN", ContentTypes.Json, false)]
    [InlineData(ContentTypes.Text, "42", ContentTypes.Int64, true)]
    [InlineData(ContentTypes.Text, "42 ", ContentTypes.Int64, false)]
    [InlineData(ContentTypes.Text, "", ContentTypes.Int64, false)]
    [InlineData(ContentTypes.Text, "tea", ContentTypes.Json, false)]
    [InlineData(ContentTypes.Text, "{\"tea\":[2]}", ContentTypes.Json, true)]
    [InlineData(ContentTypes.Text, "{\"tea\":[2]} and more", ContentTypes.Json, false)]
    [InlineData(ContentTypes.Text, "{\"tea\":[2]", ContentTypes.Json, false)]
    [InlineData(ContentTypes.Text, "\ufeff{\"tea\":2}", ContentTypes.Json, true)]
    [InlineData(ContentTypes.Json, "\"tea\"", ContentTypes.Text, true)]
    [InlineData(ContentTypes.Binary, "42", ContentTypes.Text, false)]
    [InlineData(ContentTypes.MessagePack, "x", ContentTypes.Binary, true)]
    [InlineData(ContentTypes.RecordV2, "x", ContentTypes.Json, false)]
    [InlineData(ContentTypes.Text, "x", "application/xml", false)]
    [InlineData("application/xml", "x", "application/xml", true)]
    public void A_value_is_marked_as_another_type_where_its_bytes_are_one(string contentType, string value, string wanted, bool fits) =>
        Assert.Equal(fits, ServiceContent.Fits(contentType, Encoding.UTF8.GetBytes(value), wanted));
}
