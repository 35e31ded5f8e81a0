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
        var room = new ClientRoom(Bytes, () => Requests);
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
        var room = new ClientRoom(Bytes, () => 0);
        room.Add(2 * Bytes);

        Assert.Equal(0, room.Free);
        Assert.True(room.Takes(ClientRoom.LeastBytes, 4095));
        Assert.False(room.Takes(ClientRoom.LeastBytes + 1, 1));
        Assert.False(room.Takes(0, 4096));
        Assert.True(room.TakesRequest(63));
        Assert.False(room.TakesRequest(64));
    }
}
