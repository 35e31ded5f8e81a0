using System.Buffers;
using MessagePack;
using RabbitBridge.ContractTests;
using RabbitBridge.Fabric;
using RabbitBridge.RabbitMq.Diagnostics;
using RabbitBridge.RabbitMq.Frames;
using RabbitMQ.Client;

namespace RabbitBridge.IntegrationTests.BadInput;

/// <summary>
/// The ground of the bad-input tests: one gateway with a handler, another that asks it, and a client that means harm. After
/// each attack everything must go on, nothing may come again for ever, and the log must not have been flooded.
/// </summary>
public abstract class BadInputTest(BrokerFixture broker)
    // A confirm that is late on a busy machine would cost the epoch, and that is what an attack must not.
    : BrokerTest(broker, static options => options.OperationTimeout = TimeSpan.FromMinutes(1))
{
    private protected const string Frame = FrameFormat.ContentType;

    private protected static readonly MessagePath Branch = MessagePath.Parse("a");

    private protected IGateway Target { get; private set; } = null!;

    private protected IGateway Other { get; private set; } = null!;

    private protected PlainClient Client { get; private set; } = null!;

    private protected string HandlerQueue => Names.HandlerQueue(Branch);

    public override async Task InitializeAsync()
    {
        (Target, Other) = await StartTwoAsync(options => options.MaxMessageBytes = 64 * 1024);
        await Target.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (text, _, _) => new($"{text}!"));
        Client = await ConnectAsync();
        Log.Clear();
    }

    private protected long Count(InputFault fault) => RabbitMqWorld.Fabric(Target).Faults.Count(fault);

    private protected Task AwaitCountAsync(InputFault fault, long count) =>
        Eventually.TrueAsync(() => Count(fault) == count, $"{count} faults of the kind {fault} are counted, not {Count(fault)}");

    /// <summary>Whatever was sent before: the gateway serves both planes in the same epoch, and the queue holds nothing.</summary>
    /// <param name="gateways">How many have seen what was sent: each may say so once a second.</param>
    private protected async Task AssertUnharmedAsync(int gateways = 1)
    {
        Assert.Equal("sessions!", await Other.OpenSession().AskAsync("a", "sessions"));
        var reply = await Client.CallAsync(Names.Request, "a", Utf8("plain"), properties => properties.ContentType = ContentTypes.Text);
        Assert.Equal("plain!", reply.Text);
        Assert.EndsWith("-1", Inbox(Target), StringComparison.Ordinal);
        Assert.EndsWith("-1", Inbox(Other), StringComparison.Ordinal);

        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(HandlerQueue)).Messages == 0, "the handler queue is empty");
        var faults = Log.Lines.Where(line => line.Event == "BadInput").ToArray();
        Assert.DoesNotContain(Log.Lines, line => line.Exception is not null);
        Assert.All(
            faults.GroupBy(line => line.Text.Split(['(', ','])[1]), kind => Assert.True(kind.Count() <= gateways * (1 + ElapsedSeconds()), $"{kind.Count()} lines of {kind.Key}"));
    }

    private protected Task SendToInboxAsync(ReadOnlyMemory<byte> body, Action<BasicProperties>? describe = null) =>
        PublishAsync(Names.Gateway, Inbox(Target), body, describe);

    private protected Task SendToHandlerAsync(ReadOnlyMemory<byte> body, Action<BasicProperties>? describe = null) =>
        PublishAsync(Names.Level(1), "a", body, describe);

    private protected static byte[] Pack(Action<FrameBuffer> write)
    {
        var frame = FrameBuffer.Take();
        write(frame);
        return frame.Bytes.ToArray();
    }

    private protected static byte[] Pack(PackValues write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private protected static RequestEnvelope Request(string path, int bytes = 3) => new()
    {
        Id = 7,
        Path = MessagePath.Parse(path),
        ContentType = ContentTypes.Text,
        Payload = new byte[bytes],
        RemainingMilliseconds = 5000,
    };

    private protected delegate void PackValues(ref MessagePackWriter writer);

    private long ElapsedSeconds() => (long)_elapsed.Elapsed.TotalSeconds;

    private readonly System.Diagnostics.Stopwatch _elapsed = System.Diagnostics.Stopwatch.StartNew();

    private async Task PublishAsync(string exchange, string key, ReadOnlyMemory<byte> body, Action<BasicProperties>? describe) =>
        Assert.True(await Client.PublishAsync(exchange, key, body, properties =>
        {
            properties.ContentType = Frame;
            properties.UserId = GatewayUser;
            describe?.Invoke(properties);
            // What a test makes another content of is no frame.
            properties.Type ??= properties.ContentType == Frame ? FrameFormat.Type : null;
        }));
}
