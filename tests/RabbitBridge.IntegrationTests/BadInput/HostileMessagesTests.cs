using System.Text;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Frames;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>Random and mutated messages at every exchange and queue.</summary>
[Collection(AloneGroup.Name)]
public sealed class HostileMessagesTests(BrokerFixture broker) : BadInputTest(broker)
{
    private const int Messages = 10_000;
    private const int AllowedGrowth = 8 * 1024 * 1024;

    private static readonly string[] Headers =
        ["rb-path", "rb-filter", "rb-all", "rb-property-a b", "rb-property-Department", "rb-session", "rb-status", "rb-error", "rb-hops", "rb-project", "rb-message-handler", "rb-scope", "rb-user", "traceparent"];

    private static readonly object?[] Values =
        ["", "a", "a/b", "//", "all", "Department is", "CG", "X", "ok", "error", "UNHANDLED_MESSAGE", new string('x', 20_000), 1, -1, true, null, 1.5, new byte[] { 0xFF, 0xFE }, new List<object?> { 1 }, new Dictionary<string, object?> { ["a"] = 1 }];

    private static readonly string?[] ContentTypes =
        [null, "", Frame, "application/vnd.rabbitbridge.probe", "application/vnd.rabbitbridge.project-message", "application/json", "text/plain", "application/x-\u00fc", new string('t', 255)];

    private static readonly string?[] Types = [null, "request", FrameFormat.Type, ProbeMessage.Type, new string('t', 255)];

    [Fact]
    public async Task Ten_thousand_of_them_crash_nothing_loop_nothing_and_leave_nothing_behind()
    {
        Target.OpenSession(new SessionOptions { Project = "X", Properties = new Dictionary<string, string> { ["Department"] = "a" } })
            .Messages.SetRequestStream<string, string>("a", (_, text, _) => new(text));
        var frames = ValidFrames();
        await AttackAsync(2000, seed: 1, frames);
        await SettleAsync();
        var before = MemoryInUse.Bytes();

        await AttackAsync(Messages, seed: 2, frames);
        await SettleAsync();

        await MemoryInUse.AssertBackAsync(before, AllowedGrowth);
        Assert.Equal((0, 0), (Target.PendingRequests, Other.PendingRequests));
        await AssertServesAsync();
    }

    private static byte[][] ValidFrames() =>
    [
        Pack(frame => FrameWriter.Write(frame, Request("a"))),
        Pack(frame => FrameWriter.Write(frame, Request("a") with { Filter = "all" })),
        Pack(frame => FrameWriter.Write(frame, Request("a") with { Target = new SessionId(1, 2) })),
        Pack(frame => FrameWriter.Write(frame, new CancelMessage(7))),
        Utf8("""{"a":1}"""),
        Utf8("text"),
        [],
    ];

    // What is not a gateway's inbox: a made-up gateway that was answered would be kept as a link for as long as it is quiet.
    private static string? ReplyTo(Random random, string own) => random.Next(4) switch { 0 => own, 1 => null, 2 => "no-such-queue", _ => "" };

    private async Task AttackAsync(int count, int seed, byte[][] frames)
    {
        var random = new Random(seed);
        var (inbox, own) = (Inbox(Target), (await Client.Channel.QueueDeclareAsync(exclusive: true, arguments: new Dictionary<string, object?> { ["x-max-length"] = 100 })).QueueName);
        string[] exchanges = [Names.Request, Names.Level(1), Names.Level(0), Names.Level(16), Names.Filter, Names.Session, Names.Gateway, Names.Presence, Names.Project, Names.Event, Names.DeadLetter, ""];
        string[] keys = ["a", "a.b", "", "#", "..", "a.%", Target.Name, "*", inbox, HandlerQueue, new string('k', 255)];
        for (var i = 0; i < count; i++)
        {
            var properties = new BasicProperties
            {
                ReplyTo = ReplyTo(random, own),
                CorrelationId = random.Next(3) switch { 0 => null, 1 => $"{random.Next()}", _ => "not a number" },
                Type = Types[random.Next(Types.Length)],
                UserId = random.Next(4) == 0 ? null : GatewayUser,
                Expiration = random.Next(5) == 0 ? $"{random.Next(1, 200)}" : null,
                MessageId = random.Next(3) == 0 ? $"{random.Next()}" : null,
                Headers = new Dictionary<string, object?>(),
            };
            if (ContentTypes[random.Next(ContentTypes.Length)] is { } contentType)
                properties.ContentType = contentType;
            for (var headers = random.Next(4); headers > 0; headers--)
                properties.Headers[Headers[random.Next(Headers.Length)]] = Values[random.Next(Values.Length)];
            try
            {
                await Client.Channel.BasicPublishAsync(
                    exchanges[random.Next(exchanges.Length)], keys[random.Next(keys.Length)], mandatory: false, properties, Mutate(random, frames[random.Next(frames.Length)]));
            }
            catch (PublishException)
            {
                // A queue was full.
            }
        }
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        var body = original.ToArray();
        for (var changes = random.Next(4); changes > 0 && body.Length > 0; changes--)
            body[random.Next(body.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? body[..random.Next(body.Length + 1)] : random.Next(10) == 0 ? [.. body, .. Encoding.UTF8.GetBytes("more")] : body;
    }

    private async Task SettleAsync()
    {
        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(HandlerQueue)).Messages == 0, "the handler queue is empty");
        await Eventually.TrueAsync(() => Target.PendingRequests == 0 && Other.PendingRequests == 0, "no request is pending");
        await AssertServesAsync();
    }

    private async Task AssertServesAsync()
    {
        Assert.Equal("sessions!", await Other.OpenSession().AskAsync("a", "sessions"));
        Assert.Equal("plain!", (await Client.CallAsync(Names.Request, "a", Utf8("plain"), properties => properties.ContentType = "text/plain")).Text);
        Assert.EndsWith("-1", Inbox(Target), StringComparison.Ordinal);
        Assert.EndsWith("-1", Inbox(Other), StringComparison.Ordinal);
    }
}
