using CsCheck;
using RabbitBridge.RabbitMq.Publishing;

namespace RabbitBridge.UnitTests.Publishing;

public sealed class UnconfirmedMessagesTests
{
    [Fact]
    public void Every_message_is_taken_once_whatever_the_order_of_confirms() =>
        Gen.Select(Gen.Int[1, 20], Gen.Bool, Gen.Int[0, 100]).Array[1, 50].Sample(steps =>
        {
            var ring = new UnconfirmedMessages();
            var open = new SortedSet<ulong>();
            var next = 1UL;
            foreach (var (adds, multiple, which) in steps)
            {
                for (var i = 0; i < adds; i++)
                {
                    ring.Add(next, new FakeOutbound(next));
                    open.Add(next++);
                }

                var tag = open.ElementAt(which % open.Count);
                var expected = multiple ? open.Where(each => each <= tag).ToArray() : [tag];
                Assert.Equal(expected, ring.Take(tag, multiple, out _).Select(Tag));
                open.ExceptWith(expected);
                // A confirm that comes again finds nothing.
                Assert.Empty(ring.Take(tag, multiple, out _));
                Assert.Equal(open.Count == 0 ? null : open.Min, ring.Oldest is { } oldest ? Tag(oldest) : (ulong?)null);
                Assert.All(open, each => Assert.Equal(each, Tag(ring.Find(each)!)));
            }

            Assert.Equal(open, ring.TakeAll().Select(Tag).Order());
            Assert.Empty(ring.TakeAll());
        });

    [Fact]
    public void The_ring_turns_many_times()
    {
        var ring = new UnconfirmedMessages();
        Assert.Null(ring.Oldest);
        for (var tag = 1UL; tag <= 5 * UnconfirmedMessages.Capacity; tag++)
        {
            ring.Add(tag, new FakeOutbound(tag));
            if (tag % 1000 == 0)
                Assert.Equal(1000, ring.Take(tag, multiple: true, out _).Count);
        }

        Assert.Equal(5 * UnconfirmedMessages.Capacity % 1000, ring.TakeAll().Count());
    }

    [Fact]
    public void A_full_ring_keeps_them_all()
    {
        var ring = new UnconfirmedMessages();
        for (var tag = 1UL; tag <= UnconfirmedMessages.Capacity; tag++)
            ring.Add(tag, new FakeOutbound(tag));

        Assert.Equal(1UL, Tag(ring.Oldest!));
        Assert.Equal(UnconfirmedMessages.Capacity, ring.Take(UnconfirmedMessages.Capacity, multiple: true, out _).Count);
        Assert.Null(ring.Oldest);
    }

    /// <summary>D6: two confirms stay away while more come than the ring has slots.</summary>
    [Fact]
    public void While_the_oldest_confirm_stays_away_there_is_room_to_the_end_of_the_window_and_no_further_D6()
    {
        var ring = new UnconfirmedMessages();
        for (var tag = 1UL; tag <= UnconfirmedMessages.Capacity; tag++)
        {
            ring.Add(tag, new FakeOutbound(tag));
            if (tag <= 2)
                continue;
            Assert.Equal([tag], ring.Take(tag, multiple: false, out var none).Select(Tag));
            Assert.Equal(0, none);
        }

        const ulong Next = UnconfirmedMessages.Capacity + 1;
        Assert.Throws<InvalidOperationException>(() => ring.Add(Next, new FakeOutbound(Next)));
        Assert.Equal(1UL, Tag(ring.Oldest!));
        Assert.Equal([1UL], ring.Take(1, multiple: false, out var room).Select(Tag));
        Assert.Equal(1, room);
        Assert.Equal(2UL, Tag(ring.Oldest!));

        ring.Add(Next, new FakeOutbound(Next));
        // A confirm of what had the slot before comes again.
        Assert.Empty(ring.Take(1, multiple: false, out _));
        Assert.Null(ring.Find(1));
        Assert.Equal(Next, Tag(ring.Find(Next)!));
        Assert.Equal([2UL], ring.Take(2, multiple: false, out room).Select(Tag));
        Assert.Equal(UnconfirmedMessages.Capacity - 1, room);
        Assert.Equal(Next, Tag(ring.Oldest!));
    }

    /// <summary>D6: 100,000 steps in sequences of 1,000; a failure prints the seed.</summary>
    [Fact]
    public void Whatever_is_published_and_confirmed_the_ring_does_as_a_plain_set_of_tags_D6() =>
        Gen.Int.Sample(seed => Play(seed, steps: 1000), iter: 100);

    private static void Play(int seed, int steps)
    {
        const int Window = 64;
        var random = new Random(seed);
        var ring = new UnconfirmedMessages(Window);
        var open = new SortedSet<ulong>();
        var (newest, room) = (0UL, Window);
        for (var step = 0; step < steps; step++)
        {
            switch (random.Next(20))
            {
                case < 10 when room > 0:
                    room--;
                    ring.Add(++newest, new FakeOutbound(newest));
                    open.Add(newest);
                    break;
                case < 10:
                    Assert.Throws<InvalidOperationException>(() => ring.Add(newest + 1, new FakeOutbound(newest + 1)));
                    break;
                // The oldest one's confirm stays away.
                case < 17 when open.Count > 1:
                    Confirm(open.ElementAt(random.Next(1, open.Count)), multiple: false);
                    break;
                case 17 when open.Count > 0:
                    Confirm(open.Min, multiple: false);
                    break;
                case 18 when open.Count > 0:
                    Confirm(open.ElementAt(random.Next(open.Count)), multiple: true);
                    break;
                case 19 when newest > 0:
                    // One that came before, or whose slot another message has by now.
                    Confirm((ulong)random.NextInt64(1, (long)newest + 1), multiple: random.Next(8) == 0);
                    break;
            }

            var oldest = open.Count == 0 ? newest + 1 : open.Min;
            Assert.Equal(Window - (int)(newest + 1 - oldest), room);
            Assert.Equal(open.Count == 0 ? null : oldest, ring.Oldest is { } first ? Tag(first) : (ulong?)null);
            var any = (ulong)random.NextInt64(1, (long)newest + 3);
            Assert.Equal(open.Contains(any) ? any : null, ring.Find(any) is { } found ? Tag(found) : (ulong?)null);
        }

        Assert.Equal(open, ring.TakeAll().Select(Tag).Order());

        void Confirm(ulong tag, bool multiple)
        {
            var expected = open.Where(each => multiple ? each <= tag : each == tag).ToArray();
            Assert.Equal(expected, ring.Take(tag, multiple, out var more).Select(Tag));
            open.ExceptWith(expected);
            room += more;
        }
    }

    private static ulong Tag(Outbound message) => ((FakeOutbound)message).Tag;
}
