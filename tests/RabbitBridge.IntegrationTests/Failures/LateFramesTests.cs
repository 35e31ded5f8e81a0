using System.Collections.Concurrent;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Frames that the broker or the network has held back for longer than their requests have.</summary>
[Collection(BrokerGroup.Name)]
public sealed class LateFramesTests(BrokerFixture broker) : BrokerTest(broker)
{
    // Half of it is longer than a busy machine takes to handle what is in time.
    private const int HeldBack = 1_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_held_back_for_too_long_is_not_handled_whatever_epoch_has_begun_since(bool redelivery)
    {
        var gateway = await StartGatewayAsync("a", options => options.PresenceLimit = TimeSpan.FromMinutes(5));
        var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names);
        Own(peer);
        var asked = new ConcurrentQueue<string>();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>(
            "held",
            (text, _, _) =>
            {
                asked.Enqueue(text);
                return new(text);
            },
            new RequestHandlerOptions { Redelivery = redelivery });
        await SendAsync("first", heldBack: 0);
        await Eventually.TrueAsync(() => asked.Contains("first"), "the first one is handled");

        await Rabbit.ReconnectAsync(gateway);
        // So many that one of them would be handled before the next.
        for (var i = 0; i < 50; i++)
            await SendAsync("late", HeldBack);
        await SendAsync("next", heldBack: 0);
        await Eventually.TrueAsync(() => asked.Contains("next"), "the next one is handled");

        Assert.DoesNotContain("late", asked);

        Task SendAsync(string text, int heldBack)
        {
            void Write(FrameBuffer frame)
            {
                var sentAt = Environment.TickCount64 - heldBack;
                FrameWriter.Begin(frame, sentAt);
                FrameWriter.Write(frame, new RequestEnvelope
                {
                    Id = 11,
                    Path = MessagePath.Parse("held"),
                    Depth = 1,
                    ContentType = ContentTypes.Text,
                    Payload = Utf8(text),
                    RemainingMilliseconds = HeldBack / 2,
                });
                FrameWriter.Send(frame, sentAt);
            }

            return redelivery
                ? peer.PublishAsync(Names.Level(1), "held", Write)
                : peer.SendAsync(Inbox(gateway), Write);
        }
    }
}
