using RabbitBridge.RabbitMq.Publishing;
using RabbitMQ.Client;

namespace RabbitBridge.UnitTests.Publishing;

/// <summary>What would cost the connection is found before it is published: S12, x2.</summary>
public sealed class AmqpLimitsTests
{
    private const uint FrameMax = 131_072;

    public static TheoryData<string, Action<BasicProperties>> LongProperties => new()
    {
        { "content_type", static properties => properties.ContentType = new string('x', 256) },
        { "correlation_id", static properties => properties.CorrelationId = new string('\u00e4', 128) },
        { "reply_to", static properties => properties.ReplyTo = new string('x', 256) },
        { "expiration", static properties => properties.Expiration = new string('1', 256) },
        { "message_id", static properties => properties.MessageId = new string('x', 256) },
        { "type", static properties => properties.Type = new string('x', 256) },
        { "user_id", static properties => properties.UserId = new string('x', 256) },
        { "name of a header", static properties => properties.Headers = new Dictionary<string, object?> { [new string('x', 256)] = 1 } },
        { "frame_max", static properties => properties.Headers = new Dictionary<string, object?> { ["rb-path"] = new string('x', 131_100) } },
        { "frame_max", static properties => properties.Headers = new Dictionary<string, object?> { ["rb-path"] = new string('\u00e4', 66_000) } },
    };

    [Theory]
    [MemberData(nameof(LongProperties))]
    public void What_does_not_fit_is_named_S12(string what, Action<BasicProperties> describe)
    {
        var properties = new BasicProperties();
        describe(properties);

        Assert.Contains(what, AmqpLimits.Problem(new FakeOutbound(1), properties, FrameMax), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fits_is_sent_S12()
    {
        var text = new string('x', 255);
        var properties = new BasicProperties
        {
            ContentType = text,
            CorrelationId = text,
            ReplyTo = text,
            Headers = new Dictionary<string, object?> { [text] = new string('x', 128_000), ["n"] = 1 },
        };

        Assert.Null(AmqpLimits.Problem(new FakeOutbound(1), properties, FrameMax));
        Assert.NotNull(AmqpLimits.Problem(new FakeOutbound(1), properties, 4096));
        Assert.Null(AmqpLimits.Problem(new FakeOutbound(1), properties, 0));
    }
}
