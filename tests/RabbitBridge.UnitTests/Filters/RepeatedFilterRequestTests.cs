using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.Fabric;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests.Filters;

/// <summary>A filter request that comes more than once: its gateway asks again where an answer stays away.</summary>
public sealed class RepeatedFilterRequestTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly IGateway _gateway;
    private readonly ConcurrentQueue<string> _executed = new();

    public RepeatedFilterRequestTests() => _gateway = new InMemoryWorld().CreateGateway(new GatewayOptions { Name = "a", TimeProvider = _time });

    public async Task InitializeAsync()
    {
        await _gateway.StartAsync();
        _gateway.OpenSession(new SessionOptions { Principal = "p" }).Messages.SetRequestStream<string, string>("stream", (_, request, _) =>
        {
            _executed.Enqueue(request);
            return new(request);
        });
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Over_the_same_link_it_is_counted_again_and_not_executed()
    {
        var link = new FakeLink("x");

        Receive(link, 5);
        await Eventually.TrueAsync(() => link.Counts.Count == 1, "its sessions are told");
        Receive(link, 5);

        await Eventually.TrueAsync(() => link.Counts.Count == 2, "its sessions are told again");
        Assert.All(link.Counts, static count => Assert.Single(count.Sessions));
        await ExecutesOnceAndTheNextAsync(link);
    }

    // The chaos suite found it: a broker without memory held both copies back until the gateways had lost each other.
    [Fact]
    public async Task Over_another_link_it_is_not_executed_either_and_the_sender_is_told()
    {
        var (former, link) = (new FakeLink("x"), new FakeLink("y"));

        Receive(former, 5);
        await Eventually.TrueAsync(() => former.Counts.Count == 1, "its sessions are told");
        Receive(link, 5);

        Assert.Equal(ErrorReason.CommunicationFailure, Assert.Single(link.Counts).Error);
        await ExecutesOnceAndTheNextAsync(link);
    }

    [Theory]
    [InlineData(5_000, 59)]
    [InlineData(600_000, 599)]
    [InlineData(0, 3599)]
    public async Task As_long_as_its_requester_may_ask_again_it_is_not_executed_again_D23(int milliseconds, int seconds)
    {
        var link = new FakeLink("x");
        Receive(link, 5, milliseconds);
        await Eventually.TrueAsync(() => link.Counts.Count == 1, "its sessions are told");

        for (var second = 0; second < seconds; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Receive(link, 5, milliseconds);

        await Eventually.TrueAsync(() => link.Counts.Count == 2, "the requester has an answer");
        await ExecutesOnceAndTheNextAsync(link);
    }

    // The sender is told before the sessions execute; what had come a second time would be executed before what comes now.
    private async Task ExecutesOnceAndTheNextAsync(FakeLink link)
    {
        await Eventually.TrueAsync(() => !_executed.IsEmpty, "the request is executed");
        Receive(link, 6);
        await Eventually.TrueAsync(() => _executed.Contains("6"), "the next request is executed");
        Assert.Equal(["5", "6"], _executed);
    }

    private void Receive(FakeLink link, long id, int milliseconds = 5_000) => ((GatewayEngine)_gateway).Receiver.OnRequest(link, new RequestEnvelope
    {
        Id = id,
        Filter = "$Principal is 'p'",
        Path = MessagePath.Parse("stream"),
        Sender = new SessionId(77, 1),
        ContentType = ContentTypes.Text,
        RemainingMilliseconds = milliseconds,
        Payload = Encoding.UTF8.GetBytes($"{id}"),
    });
}
