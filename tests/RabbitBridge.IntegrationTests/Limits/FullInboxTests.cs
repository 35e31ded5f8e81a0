using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.IntegrationTests.Limits;

/// <summary>A gateway whose inbox takes nothing for a while.</summary>
[Collection(AloneGroup.Name)]
public sealed class FullInboxTests(BrokerFixture broker)
    // Otherwise answers are refused where they are made.
    : BrokerTest(broker, static options => options.MaxUnsentBytes = 256 * 1024 * 1024)
{
    private const int Requests = 30;

    [Fact]
    public async Task Large_answers_that_it_has_refused_are_offered_again_each_by_itself_D16()
    {
        var gateway = await StartGatewayAsync("a");
        var answer = new byte[2 * 1024 * 1024];
        var executed = 0;
        await gateway.OpenSession().Messages.AddRequestHandlerAsync<string, byte[]>("large", (_, _, _) =>
        {
            Interlocked.Increment(ref executed);
            return new(answer);
        });
        await using var peer = await NativePeer.OpenAsync(Rabbit.Options.Uri, Names, maxLength: 1);
        await peer.SendAsync(Inbox(gateway), frame =>
        {
            for (var id = 1; id <= Requests; id++)
                FrameWriter.Write(frame, new RequestEnvelope { Id = id, Path = MessagePath.Parse("large"), ContentType = ContentTypes.Text, Payload = default, Sender = new SessionId(peer.Instance, 1) });
        });
        await Eventually.TrueAsync(async () => Volatile.Read(ref executed) == Requests && await peer.WaitingAsync() == 1, "all are executed, and the inbox is full");

        await peer.ListenAsync();

        await Eventually.TrueAsync(() => peer.Responses.Count == Requests, "all answers arrive");
        Assert.All(peer.Responses, each => Assert.Equal((null, answer.Length), (each.Response.Error, each.Response.Payload.Length)));
        Assert.EndsWith("-1", Inbox(gateway), StringComparison.Ordinal);
    }
}
