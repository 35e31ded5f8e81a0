using System.Text;
using RabbitBridge.RabbitMq.PublicPlane;
using RabbitMQ.Client;

namespace RabbitBridge.UnitTests.Services;

public sealed class ServiceConventionTests
{
    [Theory]
    [InlineData("{\"error\":\"no\"}", "no")]
    [InlineData("\ufeff{\"error\":\"no\"}", "no")]
    [InlineData("{\"error\":null}", null)]
    [InlineData("{\"answer\":1}", null)]
    [InlineData("no json", null)]
    public void An_error_property_is_found_also_behind_a_byte_order_mark_S3(string body, string? error) =>
        Assert.Equal(error, new ServiceConvention(null, null, "error").Error(new BasicProperties(), Encoding.UTF8.GetBytes(body)));
}
