using RabbitBridge.Remote;

namespace RabbitBridge.UnitTests.Remote;

public sealed class ClientRoomTests
{
    private const long Bytes = 1L << 30;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void However_many_take_all_that_they_may_something_is_left_for_the_next(int clients)
    {
        var room = new ClientRoom(Bytes);
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

        // Each has an eighth of what is left, and the last that it took.
        var left = Bytes - room.Taken;
        Assert.InRange(taken.Max(), left / 8, (left / 8) + (2 * Size));
        Assert.False(room.IsExhausted);
        Assert.True(room.Takes(0, left / 2));
        Assert.False(room.Takes(0, (left / 2) + 1));
    }

    [Fact]
    public void Each_has_its_least_whatever_others_have()
    {
        var room = new ClientRoom(Bytes);
        room.Add(2 * Bytes);

        Assert.True(room.IsExhausted);
        Assert.True(room.Takes(ClientRoom.Least, ClientRoom.Small - 1));
        Assert.False(room.Takes(ClientRoom.Least + 1, 1));
        Assert.False(room.Takes(0, ClientRoom.Small));
    }

    [Fact]
    public void The_average_is_of_all_that_are_there()
    {
        var room = new ClientRoom(Bytes);
        for (var i = 0; i < 4; i++)
            room.Entered();
        Assert.Equal(Bytes / 4, room.Average);
        room.Left();
        room.Left();

        Assert.Equal(Bytes / 2, room.Average);
    }
}
