using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.PublicPlane;

namespace RabbitBridge.UnitTests.Services;

public sealed class ServiceConventionsTests
{
    private static readonly ServiceRoute Plain = new() { Exchange = "", RoutingKey = "q" };

    private readonly ServiceConventions _conventions = new();

    [Fact]
    public void A_correlation_id_tells_the_call_and_the_convention()
    {
        var text = Plain with { ContentType = "text/plain" };
        var strict = Plain with { ErrorHeader = "x-error" };

        Assert.Equal(["1", "2", "3-0", "4-1", "5-0"], new[]
        {
            _conventions.CorrelationId(1, null), _conventions.CorrelationId(2, Plain), _conventions.CorrelationId(3, text), _conventions.CorrelationId(4, strict),
            _conventions.CorrelationId(5, text with { RoutingKey = "another" }),
        });
        Assert.True(_conventions.TryRead("2", out var plain, out var none));
        Assert.True(_conventions.TryRead("4-1", out var id, out var convention));
        Assert.Equal((2, null), (plain, none));
        Assert.Equal((4, ServiceConvention.Of(strict)), (id, convention));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("1-0")]
    [InlineData("1-0-0")]
    [InlineData("1--1")]
    public void Anything_else_is_nobodys(string? correlationId) => Assert.False(_conventions.TryRead(correlationId, out _, out _));
}
