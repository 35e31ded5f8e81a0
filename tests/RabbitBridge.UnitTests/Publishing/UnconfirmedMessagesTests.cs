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
                Assert.Equal(expected, ring.Take(tag, multiple).Select(Tag));
                open.ExceptWith(expected);
                // A confirm that comes again finds nothing.
                Assert.Empty(ring.Take(tag, multiple));
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
                Assert.Equal(1000, ring.Take(tag, multiple: true).Count());
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
        Assert.Equal(UnconfirmedMessages.Capacity, ring.Take(UnconfirmedMessages.Capacity, multiple: true).Count());
        Assert.Null(ring.Oldest);
    }

    private static ulong Tag(Outbound message) => ((FakeOutbound)message).Tag;
}
