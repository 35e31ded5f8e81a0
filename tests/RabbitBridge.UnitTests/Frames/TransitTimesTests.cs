using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

public sealed class TransitTimesTests
{
    [Fact]
    public void An_inbox_keeps_its_time_whatever_becomes_of_its_links()
    {
        var times = new TransitTimes();
        times.Of("a", now: 0).Excess(sentAt: 0, now: 10);

        Assert.Equal(500, times.Of("a", now: 600).Excess(sentAt: 90, now: 600));
        Assert.Equal(0, times.Of("b", now: 600).Excess(sentAt: 90, now: 600));
    }

    [Fact]
    public void Inboxes_that_are_made_up_do_not_make_it_grow_and_those_that_speak_are_remembered()
    {
        var times = new TransitTimes();
        for (var i = 0; i < 9_999; i++)
            times.Of($"old {i}", now: 0).Excess(sentAt: 0, now: 0);
        var now = (2L * TransitTime.WindowMilliseconds) + 1;
        var known = times.Of("known", now);
        known.Excess(sentAt: now, now);

        // Full, but of what has said nothing for long.
        for (var i = 0; i < 9_999; i++)
            Assert.NotNull(times.Of($"new {i}", now));
        var last = times.Of("new 9998", now);
        for (var i = 0; i < 9_999; i++)
            times.Of($"new {i}", now).Excess(sentAt: now, now);

        Assert.Same(known, times.Of("known", now));
        Assert.Same(last, times.Of("new 9998", now));
        // Full of what speaks.
        Assert.NotSame(times.Of("one too many", now), times.Of("one too many", now));
    }
}
