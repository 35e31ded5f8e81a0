using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>Frames that no gateway would send, to the inbox and to a handler queue.</summary>
[Collection(BrokerGroup.Name)]
public sealed class BadFrameTests(BrokerFixture broker) : BadInputTest(broker)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Malformed_frames_are_counted_and_dropped(bool toInbox)
    {
        byte[][] bodies = [[], [0xC1], [1, 0xC1], [1, 0x90], [1, 0x91], [1, 0x92, 1], [0xFF, 0xFF, 0xFF], Utf8("{\"json\":true}"), new byte[5000]];

        foreach (var body in bodies)
            await SendAsync(toInbox, body);

        // Bytes that look like a number other than 1 are a version that nobody knows; all else is malformed.
        await Eventually.TrueAsync(
            () => Count(InputFault.MalformedFrame) + Count(InputFault.UnknownFrameVersion) == bodies.Length, "every frame is counted");
        Assert.True(Count(InputFault.MalformedFrame) >= 6);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_of_an_unknown_version_are_counted_and_dropped(bool toInbox)
    {
        foreach (var version in new long[] { 0, 2, -1, long.MaxValue })
            await SendAsync(toInbox, Pack((ref MessagePack.MessagePackWriter writer) => writer.Write(version)));

        await AwaitCountAsync(InputFault.UnknownFrameVersion, 4);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Truncated_frames_are_counted_and_what_precedes_the_cut_is_done(bool toInbox)
    {
        var whole = Pack(frame => FrameWriter.Write(frame, Request("a")));

        for (var length = 0; length < whole.Length; length++)
            await SendAsync(toInbox, whole.AsMemory(0, length));

        // A frame of a version and nothing more holds no message, which is no fault.
        await AwaitCountAsync(InputFault.MalformedFrame, whole.Length - 1);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_of_unknown_types_are_passed_over_and_those_after_them_read(bool toInbox)
    {
        var frame = Pack((ref MessagePack.MessagePackWriter writer) =>
        {
            writer.Write(FrameFormat.Version);
            writer.WriteArrayHeader(3);
            writer.Write(99);
            writer.Write("from the future");
            writer.WriteMapHeader(1);
            writer.Write("key");
            writer.WriteArrayHeader(0);
            writer.WriteArrayHeader(2);
            writer.Write(100);
            writer.WriteNil();
        });

        await SendAsync(toInbox, frame);

        await AwaitCountAsync(InputFault.UnknownMessageType, 2);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_without_the_reply_address_of_a_gateway_are_counted_and_dropped(bool toInbox)
    {
        var frame = Pack(buffer => FrameWriter.Write(buffer, Request("a")));
        foreach (var replyTo in new[] { null, "", "amq.gen-whatever", Names.Gateway, $"{Names.Presence}.x" })
            await SendAsync(toInbox, frame, replyTo);

        await AwaitCountAsync(InputFault.MissingReplyAddress, 5);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_sends_an_unreadable_frame_with_a_reply_address_is_told(bool toInbox)
    {
        await SendAsync(toInbox, new byte[] { 1, 0xC1 }, Client.ReplyQueue, "mine");

        await Eventually.TrueAsync(() => Client.Replies.Count > 0, "the answer has come");
        var reply = Client.Replies[0];
        Assert.Equal(("error", "INVALID_DATA", "mine"), (reply.Status, reply.Error, reply.CorrelationId));
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Responses_presence_and_cancels_have_no_business_on_a_handler_queue()
    {
        await SendAsync(toInbox: false, Pack(frame =>
        {
            FrameWriter.Write(frame, new ResponseEnvelope { Id = 1, ContentType = ContentTypes.Text });
            FrameWriter.Write(frame, new CancelMessage(1));
            FrameWriter.Write(frame, Goodbye(Other.Instance));
        }));

        await AwaitCountAsync(InputFault.InvalidRequest, 3);
        Assert.Contains(Target.Gateways, gateway => gateway.Instance == Other.Instance);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Nobody_speaks_for_another_gateway()
    {
        await SendAsync(toInbox: true, Pack(frame => FrameWriter.Write(frame, Goodbye(Other.Instance))));

        await AwaitCountAsync(InputFault.InvalidRequest, 1);
        Assert.Contains(Target.Gateways, gateway => gateway.Instance == Other.Instance);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Answers_and_cancels_for_requests_that_do_not_exist_do_nothing()
    {
        await SendAsync(toInbox: true, Pack(frame =>
        {
            foreach (var id in new[] { 0, 1, -1, long.MaxValue, long.MinValue })
            {
                FrameWriter.Write(frame, new ResponseEnvelope { Id = id, ContentType = ContentTypes.Text });
                FrameWriter.Write(frame, ResponseEnvelope.Failed(id, (ErrorReason)123456, "made up"));
                FrameWriter.Write(frame, new CancelMessage(id));
            }
        }));

        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_flood_is_logged_once_a_second_and_served_through()
    {
        // From one client, without waiting for each.
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => SendAsync(toInbox: true, new byte[] { 1, 0xC1 })));

        await AwaitCountAsync(InputFault.MalformedFrame, 2000);
        await AssertUnharmedAsync();
        Assert.Contains(Log.Lines, line => line.Event == "BadInput");
    }

    // As a gateway that is not there: its inbox is only a name.
    private Task SendAsync(bool toInbox, ReadOnlyMemory<byte> body) => SendAsync(toInbox, body, $"{Names.Gateway}.evil.0000000000000666-1");

    private Task SendAsync(bool toInbox, ReadOnlyMemory<byte> body, string? replyTo, string? correlation = null)
    {
        return toInbox ? SendToInboxAsync(body, Describe) : SendToHandlerAsync(body, Describe);

        void Describe(RabbitMQ.Client.BasicProperties properties)
        {
            if (replyTo is not null)
                properties.ReplyTo = replyTo;
            properties.CorrelationId = correlation;
        }
    }

    private PresenceMessage Goodbye(ulong instance) => new()
    {
        Kind = PresenceKind.Goodbye,
        Instance = instance,
        Name = "b",
        Address = Inbox(Other),
    };
}
