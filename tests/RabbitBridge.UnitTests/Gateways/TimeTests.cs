using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Gateways;

/// <summary>A gateway lives by the clock that it is given.</summary>
public sealed class TimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture));
    private readonly HoldingHandler _held = new();
    private readonly InMemoryBroker _broker = new();
    private IGateway _gateway = null!;
    private IGateway _other = null!;
    private ISession _sender = null!;

    public async Task InitializeAsync()
    {
        _gateway = InMemoryGateway.Create(new GatewayOptions { Name = "a", TimeProvider = _time }, _broker);
        await _gateway.StartAsync();
        _other = InMemoryGateway.Create(new GatewayOptions { Name = "b", TimeProvider = _time }, _broker);
        await _other.StartAsync();
        await _other.OpenSession().Messages.AddRequestHandlerAsync("elsewhere", (IRequestHandler<string, string>)_held);
        await _gateway.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)_held);
        _sender = _gateway.OpenSession();
    }

    public async Task DisposeAsync()
    {
        Assert.Equal(0, _gateway.PendingRequests);
        await _gateway.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData("a", null, 10_000)]
    [InlineData("a", 1, 1)]
    [InlineData("a", 250, 250)]
    [InlineData("a", 3_600_000, 3_600_000)]
    [InlineData("elsewhere", 1, 1)]
    [InlineData("elsewhere", 250, 250)]
    public async Task A_request_times_out_not_before_its_time_and_at_most_two_ticks_after_it(string path, int? timeout, int expected)
    {
        var call = _sender.AskAsync(path, options: new RequestOptions { Timeout = timeout is { } each ? TimeSpan.FromMilliseconds(each) : null });
        var request = await _held.ReceiveAsync();

        _time.Advance(TimeSpan.FromMilliseconds(expected));
        Assert.Equal(1, _gateway.PendingRequests);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        // A clock whose timers another thread of the gateways runs at the moment leaves those that are due to that thread. It does not go on meanwhile.
        await Eventually.TrueAsync(() => _gateway.PendingRequests == 0, "the request has ended");

        await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
        await Eventually.TrueAsync(() => request.Responder.CancellationToken.IsCancellationRequested, "the responder is told");
    }

    [Fact]
    public async Task A_request_without_a_limit_waits_for_hours()
    {
        var call = _sender.AskAsync("a", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await _held.ReceiveAsync();

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _gateway.PendingRequests);

        _held.AnswerAll("at last");
        Assert.Equal("at last", await call);
    }

    [Fact]
    public void A_session_starts_at_the_time_of_the_clock() =>
        Assert.Equal($"{_time.GetUtcNow().ToUnixTimeMilliseconds()}", _sender.Properties[SessionProperty.StartTime]);

    [Fact]
    public async Task A_full_gateway_refuses_further_requests_and_recovers()
    {
        await using var small = InMemoryGateway.Create(new GatewayOptions { Name = "small", MaxOutstandingRequests = 4 });
        await small.StartAsync();
        var held = new HoldingHandler();
        await small.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var sender = small.OpenSession();
        var calls = Enumerable.Range(0, 4).Select(_ => sender.AskAsync("a")).ToArray();
        await held.ReceiveAsync(4);

        var error = await Assert.ThrowsAsync<OverloadedException>(() => sender.AskAsync("a"));
        Assert.Equal(ErrorReason.Overloaded, error.Reason);

        held.AnswerAll("done");
        await Task.WhenAll(calls);
        var next = sender.AskAsync("a");
        (await held.ReceiveAsync(5)).Responder.Respond("again");
        Assert.Equal("again", await next);
    }
}
