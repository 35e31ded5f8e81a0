using System.Collections.Concurrent;
using RabbitBridge.Remote;

namespace RabbitBridge.UnitTests.Remote;

public sealed class ClientRoomTests
{
    private const long Bytes = 1L << 30;
    private const int Requests = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Clients_that_take_all_that_they_may_at_the_same_time_leave_something_for_the_next(int clients)
    {
        var room = new ClientRoom(Bytes, Requests, () => Requests);
        var taken = new long[clients];
        const int Size = 64 * 1024;

        for (var isRefused = false; !isRefused;)
        {
            isRefused = true;
            for (var i = 0; i < clients; i++)
            {
                if (!room.Takes(taken[i], Size))
                    continue;
                taken[i] += Size;
                room.Add(Size);
                isRefused = false;
            }
        }

        // Each has half of what is left, and the last that it took.
        Assert.InRange(taken.Max(), room.Free / 2, (room.Free / 2) + (2 * Size));
        Assert.InRange(room.Free, Bytes / (clients + 2) / 2, Bytes);
        Assert.True(room.Takes(0, room.Free / 2));
        Assert.False(room.Takes(0, (room.Free / 2) + 1));
    }

    [Fact]
    public void Each_has_its_least_whatever_others_have()
    {
        var room = new ClientRoom(Bytes, Requests, () => 0);
        room.Add(2 * Bytes);

        Assert.Equal(0, room.Free);
        Assert.True(room.Takes(ClientRoom.LeastBytes, 4095));
        Assert.False(room.Takes(ClientRoom.LeastBytes + 1, 1));
        Assert.False(room.Takes(0, 4096));
        Assert.True(room.TakesRequest(63));
        Assert.False(room.TakesRequest(64));
    }

    [Fact]
    public async Task Who_has_most_goes_when_little_is_left_until_there_is_enough_again()
    {
        var room = new ClientRoom(Bytes, Requests, () => Requests);
        var gone = new ConcurrentQueue<int>();
        var shares = new ClientShare[40];
        for (var i = 0; i < shares.Length; i++)
        {
            var number = i;
            shares[i] = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue, () =>
            {
                gone.Enqueue(number);
                shares[number].End();
            });
        }

        // One after the other takes what it may, and keeps it.
        foreach (var share in shares)
        {
            while (share.Takes(256 * 1024, out _))
                share.Add(256 * 1024);
        }

        await Eventually.TrueAsync(() => shares[^1].Takes(Bytes / 64, out _), "there is room for whoever has nothing");
        Assert.Equal(0, gone.First());
        Assert.True(gone.Count < shares.Length / 2, $"{gone.Count} had to go");
    }

    [Fact]
    public async Task Who_has_most_unanswered_requests_goes_when_few_are_left()
    {
        var free = 1000;
        var room = new ClientRoom(Bytes, Requests, () => Volatile.Read(ref free));
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var many = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue, gone.SetResult);
        many.Opened(0, requests: 5000);
        var some = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue, static () => throw new InvalidOperationException("It has fewer."));
        some.Opened(0, requests: 100);

        Assert.Throws<OverloadedException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                some.CheckRequest(1);
                some.Opened(1);
                Interlocked.Decrement(ref free);
            }
        });
        await gone.Task.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Nobody_goes_who_has_little()
    {
        var room = new ClientRoom(Bytes, Requests, () => 0);
        var share = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue, static () => throw new InvalidOperationException("It has little."));
        share.Add(4 * ClientRoom.LeastBytes);
        share.Opened(0, requests: 256);
        room.Add(Bytes);
        var more = new ClientShare(room, int.MaxValue, long.MaxValue, long.MaxValue, static () => { });
        Assert.False(share.Takes(1, out var refusal));
        Assert.Contains("Remote:MaxTotalBytes", refusal, StringComparison.Ordinal);

        // What is asked for once more when there is another one who has more finds that one.
        more.Add(1_000_000);
        await Eventually.TrueAsync(
            () =>
            {
                share.Forced();
                return more.IsGivenUp;
            },
            "the other one goes");
        Assert.False(share.IsGivenUp);
    }
}
