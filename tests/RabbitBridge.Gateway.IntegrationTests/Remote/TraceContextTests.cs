using System.Collections.Concurrent;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>Gateways that nobody traces pass on what the client has said of its trace, and nothing of their own.</summary>
public sealed class TraceContextTests : IAsyncLifetime
{
    private readonly InMemoryBroker _broker = new();
    private readonly List<IAsyncDisposable> _things = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    [Theory]
    [InlineData(true, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData(true, null)]
    [InlineData(false, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData(false, null)]
    public async Task A_handler_gets_the_trace_context_of_its_request(bool local, string? traceParent)
    {
        var a = await StartAsync("a");
        var handler = await OpenAsync(a);
        handler.Link.Post(new RemoteMessage(RemoteMessageType.AddHandler, 1) { Path = "traced" });
        await ReceiveAsync(handler, RemoteMessageType.Response);
        var sender = await OpenAsync(local ? a : await StartAsync("b"));

        sender.Link.Post(new RemoteMessage(RemoteMessageType.Request, 1) { Path = "traced", ContentType = ContentTypes.Text, TraceParent = traceParent });
        sender.Link.Post(new RemoteMessage(RemoteMessageType.FilterRequest, 2)
        {
            Filter = $"$SessionId is '{handler.Id}'",
            Path = "traced",
            ContentType = ContentTypes.Text,
            TraceParent = traceParent,
        });

        for (var i = 0; i < 2; i++)
            Assert.Equal(traceParent, (await ReceiveAsync(handler, RemoteMessageType.Delivery)).TraceParent);
    }

    private static async Task<RemoteMessage> ReceiveAsync(Client client, RemoteMessageType type)
    {
        RemoteMessage? found = null;
        await Eventually.TrueAsync(
            () =>
            {
                while (client.Raw.Frames.TryDequeue(out var frame))
                    client.Link.OnFrame(frame);
                while (found is null && client.Received.TryDequeue(out var message))
                    found = message.Type == type ? message : null;
                return found is not null;
            },
            $"a {type} has come");
        return found!;
    }

    private async Task<RemoteGateway> StartAsync(string name)
    {
        var gateway = new RemoteGateway(new GatewayOptions { Name = name }, _broker);
        _things.Add(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<Client> OpenAsync(RemoteGateway gateway)
    {
        var raw = await RawClient.ConnectAsync(gateway.Address);
        _things.Add(raw);
        var reply = await raw.OpenAsync(new OpenRequest());
        var received = new ConcurrentQueue<RemoteMessage>();
        var link = new RemoteLink(received.Enqueue);
        link.Attach(raw.SendFrameAsync, 0);
        return new Client(raw, reply.Session, link, received);
    }

    private sealed record Client(RawClient Raw, string Id, RemoteLink Link, ConcurrentQueue<RemoteMessage> Received);
}
