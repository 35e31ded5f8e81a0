using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.Client.Messages;
using RabbitBridge.Remote;

namespace RabbitBridge.Gateway.IntegrationTests.Remote;

/// <summary>Requests that a client answers end as those in a gateway do: both are <c>RequestDelivery</c>s.</summary>
public sealed class ClientDeliveryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<ClientDelivery> _ended = [];
    private readonly Holding _handler = new();
    private readonly ClientWork _work;
    private readonly ClientReceiver _receiver;

    public ClientDeliveryTests()
    {
        _work = new ClientWork(_time, static exception => Assert.Fail(exception.ToString())) { MaxMessageBytes = 100 };
        _receiver = new ClientHandler<string, string>(
            MessagePath.Parse("a"), _handler, DataTypes.Text, DataTypes.Text, new RequestHandlerOptions(),
            static (_, _) => Task.CompletedTask, static _ => Task.CompletedTask, _work, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public async Task A_request_is_over_at_its_time_though_its_gateway_says_nothing()
    {
        var delivery = Start(milliseconds: 100);
        var responder = await _handler.Asked.Task;
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = responder.CancellationToken.Register(cancelled.SetResult);

        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(_ended);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Same(delivery, Assert.Single(_ended));
        await cancelled.Task;
        // The gateway, should its word have been lost.
        var told = delivery.From.QueuedBytes;
        Assert.NotEqual(0, told);
        // Nobody waits for it.
        responder.Respond("late");
        Assert.Equal(told, delivery.From.QueuedBytes);
    }

    [Fact]
    public async Task An_answer_that_the_present_gateway_does_not_take_is_refused_and_the_sender_is_told()
    {
        var delivery = Start(milliseconds: 0);
        var responder = await _handler.Asked.Task;

        Assert.Throws<InvalidMessageDataException>(() => responder.Respond(new string('x', 101)));
        Assert.NotEqual(0, delivery.From.QueuedBytes);
        Assert.Throws<InvalidOperationException>(() => responder.Respond("again"));

        Assert.Same(delivery, Assert.Single(_ended));
    }

    private ClientDelivery Start(int milliseconds)
    {
        var delivery = _receiver.Accept(
            new RemoteMessage(RemoteMessageType.Delivery, 1) { Path = "a", Milliseconds = milliseconds, ContentType = ContentTypes.Text, Payload = Encoding.UTF8.GetBytes("question") },
            new RemoteLink(static _ => { }),
            _ended.Add);
        delivery.Start();
        return delivery;
    }

    private sealed class Holding : IRequestHandler<string, string>
    {
        public TaskCompletionSource<IResponder<string>> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnRequest(string request, IRequestContext context, IResponder<string> responder) => Asked.SetResult(responder);
    }
}
