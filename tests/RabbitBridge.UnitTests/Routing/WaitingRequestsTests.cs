using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

/// <summary>What waits for a connection is bounded by its bytes, and what is over holds nothing. D3.</summary>
public sealed class WaitingRequestsTests
{
    private const int Megabyte = 1024 * 1024;

    private readonly HashSet<int> _ended = [];
    private readonly WaitingRequests<int> _waiting;

    public WaitingRequestsTests() => _waiting = new WaitingRequests<int>(_ended.Contains);

    [Fact]
    public void Beyond_the_bound_nothing_is_taken_until_something_ends_or_goes()
    {
        var taken = Enumerable.Range(0, 100).TakeWhile(number => _waiting.TryAdd(number, Megabyte)).Count();
        Assert.InRange(taken, 30, WaitingRequests<int>.MaxBytes / Megabyte);
        Assert.False(_waiting.TryAdd(100, Megabyte));

        _ended.Add(3);
        Assert.True(_waiting.TryAdd(101, Megabyte));
        Assert.False(_waiting.TryAdd(102, Megabyte));

        Assert.Equal([.. Enumerable.Range(0, taken).Where(static number => number != 3), 101], _waiting.TakeAll());
        Assert.Empty(_waiting.TakeAll());
        Assert.True(_waiting.TryAdd(103, 30 * Megabyte));
    }

    [Fact]
    public void Small_ones_count_for_more_than_their_payload()
    {
        var taken = Enumerable.Range(0, 1_000_000).TakeWhile(number => _waiting.TryAdd(number, 0)).Count();

        Assert.InRange(taken, 10_000, 200_000);
    }

    [Fact]
    public void What_has_ended_is_let_go()
    {
        // The bound apart, nobody asks whether it has ended until the next look.
        Assert.True(_waiting.TryAdd(1, 10));
        _ended.Add(1);

        _waiting.Sweep();

        _ended.Clear();
        Assert.Empty(_waiting.TakeAll());
    }
}
