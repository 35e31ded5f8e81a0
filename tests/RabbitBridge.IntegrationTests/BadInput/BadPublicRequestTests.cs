using RabbitBridge.RabbitMq.Diagnostics;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>Requests of plain clients that cannot be right.</summary>
[Collection(BrokerGroup.Name)]
public sealed class BadPublicRequestTests(BrokerFixture broker) : BadInputTest(broker)
{
    [Theory]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("a.%")]
    [InlineData("a.%4")]
    [InlineData("a.%GG")]
    [InlineData("a.%FF")]
    [InlineData("a.%00")]
    [InlineData("a.%2F%2F")]
    [InlineData("a.b/c")]
    [InlineData("a.\u0001")]
    public async Task A_routing_key_that_is_no_path_is_answered_with_INVALID_PATH(string key)
    {
        var reply = await Client.CallAsync(Names.Level(1), key, Utf8("x"), properties => properties.ContentType = ContentTypes.Text);

        Assert.Equal(("error", "INVALID_PATH"), (reply.Status, reply.Error));
        await AwaitCountAsync(InputFault.InvalidPath, 1);
        // Without a reply address it is counted and dropped.
        await Client.PublishAsync(Names.Level(1), key, Utf8("x"));
        await AwaitCountAsync(InputFault.InvalidPath, 2);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("a/\u0000")]
    public async Task A_path_header_that_is_no_path_is_answered_with_INVALID_PATH(string path)
    {
        var reply = await Client.CallAsync(Names.Request, "a", Utf8("x"), properties =>
        {
            properties.ContentType = ContentTypes.Text;
            properties.Headers = new Dictionary<string, object?> { ["rb-path"] = path };
        });

        Assert.Equal(("error", "INVALID_PATH"), (reply.Status, reply.Error));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task An_oversized_request_is_answered_with_INVALID_DATA()
    {
        var reply = await Client.CallAsync(Names.Request, "a", new byte[(64 * 1024) + 1], properties => properties.ContentType = ContentTypes.Text);

        Assert.Equal(("error", "INVALID_DATA"), (reply.Status, reply.Error));
        await AwaitCountAsync(InputFault.Oversized, 1);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task An_oversized_message_to_the_inbox_ends_nothing()
    {
        // Larger than a frame may be, and larger than what a handler may send.
        await SendToInboxAsync(new byte[8 * 1024 * 1024], properties => properties.ContentType = "application/x-huge");
        await SendToInboxAsync(new byte[8 * 1024 * 1024], properties => properties.ReplyTo = $"{Names.Gateway}.evil.0000000000000666-1");

        await Eventually.TrueAsync(() => Count(InputFault.MalformedResponse) + Count(InputFault.Oversized) >= 1, "it is counted");
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("application/x-whatever")]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/vnd.rabbitbridge.frame2")]
    public async Task What_is_neither_a_frame_nor_an_answer_is_counted_at_the_inbox(string contentType)
    {
        foreach (var correlation in new[] { null, "", "not a number", "-1", "99999999999999999999999" })
        {
            await SendToInboxAsync(Utf8("x"), properties =>
            {
                properties.ContentType = contentType;
                properties.CorrelationId = correlation;
            });
        }

        await AwaitCountAsync(InputFault.MalformedResponse, 5);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Bytes_that_are_not_what_their_content_type_says_are_answered_with_INVALID_DATA()
    {
        var reply = await Client.CallAsync(Names.Request, "a", new byte[] { 0xC3, 0x28 }, properties => properties.ContentType = ContentTypes.Text);

        Assert.Equal(("error", "INVALID_DATA"), (reply.Status, reply.Error));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Odd_headers_are_ignored()
    {
        foreach (var value in new object?[] { null, 42, true, new byte[] { 0xFF }, new List<object?> { "x" }, new Dictionary<string, object?> { ["x"] = 1 } })
        {
            var reply = await Client.CallAsync(Names.Request, "a", Utf8("odd"), properties =>
            {
                properties.ContentType = ContentTypes.Text;
                properties.Headers = new Dictionary<string, object?> { ["rb-session"] = value, ["traceparent"] = value, ["rb-hops"] = value, ["x-death"] = value };
            });
            Assert.Equal("odd!", reply.Text);
        }

        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("rb-pth")]
    [InlineData("rb-filter")]
    [InlineData("rb-")]
    public async Task A_header_of_the_bridge_that_means_nothing_there_is_answered_with_its_name(string header)
    {
        var reply = await Client.CallAsync(Names.Request, "a", Utf8("x"), properties => properties.Headers = new Dictionary<string, object?> { [header] = "x" });

        Assert.Equal(("error", "INVALID_DATA"), (reply.Status, reply.Error));
        Assert.Contains($"header {header} ", reply.Text, StringComparison.Ordinal);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_made_up_answer_with_odd_headers_ends_the_call_definitely()
    {
        // A service that answers with an error that says nothing.
        var queue = await Client.ServeAsync(request => Client.PublishAsync("", request.BasicProperties.ReplyTo!, new byte[] { 0xFF }, properties =>
        {
            properties.CorrelationId = request.BasicProperties.CorrelationId;
            properties.Headers = new Dictionary<string, object?> { ["rb-status"] = "error", ["rb-error"] = 42 };
        }));
        await Client.Channel.QueueBindAsync(queue, Names.Level(1), "odd.#");

        await Assert.ThrowsAsync<RejectedRequestException>(() => Target.OpenSession().Messages.SendRequestAsync<string, string>("odd", ""));
        await AssertUnharmedAsync();
    }
}
