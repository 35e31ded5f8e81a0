using RabbitBridge.RabbitMq.Frames;

namespace RabbitBridge.UnitTests.Frames;

public sealed class TransitTimeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000_000)]
    [InlineData(-1_000_000_000)]
    [InlineData(long.MaxValue)]
    public void What_a_frame_lies_behind_the_quickest_one_is_told_whatever_the_clocks_show(long between)
    {
        var transit = new TransitTime();

        Assert.Equal(0, transit.Excess(unchecked(1000 + between), 1020));
        Assert.Equal(0, transit.Excess(unchecked(1100 + between), 1105));
        Assert.Equal(15, transit.Excess(unchecked(1200 + between), 1220));
        Assert.Equal(30_000, transit.Excess(unchecked(1300 + between), 31_305));
        Assert.Equal(0, transit.Excess(unchecked(31_400 + between), 31_405));
    }

    [Fact]
    public void Clocks_that_drift_apart_do_not_make_frames_look_late()
    {
        var transit = new TransitTime();
        for (var now = 1L; now < 86_400_000; now += 10_000)
            Assert.InRange(transit.Excess(sentAt: now - (now / 10_000), now), 0, 12);
    }

    [Fact]
    public void A_block_of_any_length_is_seen_and_a_clock_that_has_stood_still_is_forgotten()
    {
        var transit = new TransitTime();
        Assert.Equal(0, transit.Excess(sentAt: 1000, now: 1000));

        // All of them lay in the blocked broker.
        for (var i = 0; i < 100; i++)
            Assert.Equal(600_000 - i, transit.Excess(sentAt: 2000 + i, now: 602_000));
        Assert.Equal(0, transit.Excess(sentAt: 603_000, now: 603_000));

        // The sender's machine has stood still for two seconds.
        Assert.Equal(2000, transit.Excess(sentAt: 603_100, now: 605_100));
        for (var now = 605_200L; now < 605_200 + (2 * TransitTime.WindowMilliseconds); now += 1000)
            transit.Excess(sentAt: now - 2000, now);
        Assert.Equal(0, transit.Excess(sentAt: 800_000 - 2000, now: 800_000));
    }
}
