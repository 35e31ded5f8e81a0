using RabbitBridge.Routing;

namespace RabbitBridge.UnitTests.Routing;

public sealed class PeerWatchTests
{
    private readonly RosterTimes _times = new(HeartbeatMilliseconds: 1000, ProbeMilliseconds: 1000, ReturnMilliseconds: 2500, SettleMilliseconds: 5000);
    private readonly Peer _peer = new(instance: 1, "other", new FakeLink("other"), new RouteTable(), new PathClaims(2));
    private readonly PeerWatch _watch;
    private bool _isLost;
    private long _readUntil = long.MaxValue;

    public PeerWatchTests()
    {
        _watch = new PeerWatch(_times, time => time <= _readUntil);
        _peer.Link.Heard(1);
    }

    [Fact]
    public void A_gateway_that_is_silent_is_probed_and_lost_when_it_does_not_answer()
    {
        var now = TickUntil(1, () => _peer.Link.ProbedAt != 0);
        Assert.InRange(now, 3000, 3500);

        now = TickUntil(now, () => _isLost);
        Assert.InRange(now, 4000, 4750);
    }

    [Fact]
    public void Time_in_which_this_process_did_not_run_is_not_counted_against_others()
    {
        var now = TickUntil(1, () => _peer.Link.ProbedAt != 0);

        // Looks that come seldom, none of them later than a probe may take.
        for (var i = 0; i < 3; i++)
            Tick(now += 900);
        Assert.False(_isLost);

        Tick(now += 60_000);
        Assert.False(_isLost);

        TickUntil(now, () => _isLost);
    }

    [Fact]
    public void An_answer_that_lay_unread_counts()
    {
        var now = TickUntil(1, () => _peer.Link.ProbedAt != 0);
        _peer.Link.Heard(now + 1);

        Tick(now + 60_000);

        Assert.False(_isLost);
    }

    [Fact]
    public void Nobody_is_missed_while_the_broker_blocks_and_each_has_the_time_to_answer_afterwards_D4()
    {
        var probedAt = TickUntil(1, () => _peer.Link.ProbedAt != 0);
        for (var now = probedAt; now < probedAt + 60_000; now += RosterTimes.TickMilliseconds)
            Tick(now, isBlocked: true);
        Tick(probedAt + 60_000);
        Assert.False(_isLost);

        TickUntil(probedAt + 60_000, () => _isLost);
    }

    [Fact]
    public void Nobody_is_missed_while_what_they_may_have_said_lies_unread()
    {
        var probedAt = TickUntil(1, () => _peer.Link.ProbedAt != 0);
        // Read until shortly before it should have answered.
        _readUntil = probedAt + _times.ProbeMilliseconds - RosterTimes.TickMilliseconds - 1;
        for (var now = probedAt; now < probedAt + 60_000; now += RosterTimes.TickMilliseconds)
            Tick(now);
        Assert.False(_isLost);

        _readUntil++;
        Tick(probedAt + 60_000);
        Assert.True(_isLost);
    }

    private long TickUntil(long now, Func<bool> condition)
    {
        while (!condition())
        {
            Assert.True(now < 200_000, "The condition has not come true.");
            Tick(now += RosterTimes.TickMilliseconds);
        }

        return now;
    }

    private void Tick(long now, bool isBlocked = false) => _watch.Tick([_peer], now, isBlocked, isAwaited: false, peer => peer.Link.ProbedAt = now, (_, _) => _isLost = true);
}
