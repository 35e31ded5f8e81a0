using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace RabbitBridge.UnitTests.Timeouts;

public sealed class TimeoutWheelTests : IAsyncDisposable
{
    private const int Turn = 512 * TimeoutWheel.TickMilliseconds;

    private readonly FakeTimeProvider _time = new();
    private readonly Clock _clock;
    private readonly TimeoutWheel _wheel;
    private readonly List<Exception> _failures = [];

    public TimeoutWheelTests()
    {
        _clock = new Clock(_time);
        _wheel = new TimeoutWheel(_clock, _failures.Add);
    }

    public ValueTask DisposeAsync() => _wheel.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(10_000)]
    [InlineData(Turn)]
    [InlineData((3 * Turn) + 7)]
    public void An_entry_expires_never_early_and_at_most_two_ticks_late(int milliseconds)
    {
        var entry = new Entry(_clock, _clock.Now + milliseconds);
        _wheel.Add(entry, entry.Deadline);

        while (entry.Expirations == 0)
            Advance(1);

        Assert.InRange(entry.ExpiredAt - entry.Deadline, 0, 2 * TimeoutWheel.TickMilliseconds);
        Advance(2 * Turn);
        Assert.Equal(1, entry.Expirations);
    }

    [Fact]
    public void Entries_added_and_removed_in_any_order_expire_as_they_should() =>
        Gen.Select(Gen.Int[1, 2 * Turn], Gen.Int[0, 60], Gen.Bool, Gen.Int[0, 60]).Array[1, 60].Sample(
            plans =>
            {
                var time = new FakeTimeProvider();
                var clock = new Clock(time);
                var wheel = new TimeoutWheel(clock, Unexpected);
                var entries = new List<(Entry Entry, bool Removed, int RemoveAfter)>();
                foreach (var (timeout, pause, removed, removeAfter) in plans)
                {
                    var entry = new Entry(clock, clock.Now + timeout);
                    wheel.Add(entry, entry.Deadline);
                    entries.Add((entry, removed, removeAfter));
                    Step(pause);
                    if (removed)
                        wheel.Remove(entry);
                }

                for (var i = 0; i < 2 * Turn / TimeoutWheel.TickMilliseconds + 4; i++)
                    Step(TimeoutWheel.TickMilliseconds);

                foreach (var (entry, removed, _) in entries)
                {
                    // One that was removed may have been due before.
                    Assert.True(entry.Expirations == 1 || (removed && entry.Expirations == 0));
                    if (entry.Expirations == 1)
                        Assert.InRange(entry.ExpiredAt - entry.Deadline, 0, 60 + (2 * TimeoutWheel.TickMilliseconds));
                }

                void Step(int milliseconds) => time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            },
            iter: 200);

    [Fact]
    public void A_removed_entry_does_not_expire_and_can_be_removed_again()
    {
        var entries = Enumerable.Range(0, 5).Select(_ => new Entry(_clock, _clock.Now + 100)).ToArray();
        foreach (var entry in entries)
            _wheel.Add(entry, entry.Deadline);

        // From the middle, the end and the beginning of its list.
        foreach (var index in new[] { 2, 4, 0, 2 })
            _wheel.Remove(entries[index]);
        Advance(1000);

        Assert.Equal([0, 1, 0, 1, 0], entries.Select(entry => entry.Expirations));
        _wheel.Remove(entries[1]);
    }

    [Fact]
    public void After_a_long_pause_everything_due_expires_at_once()
    {
        var entries = Enumerable.Range(1, 2000).Select(i => new Entry(_clock, _clock.Now + (i * 10))).ToArray();
        foreach (var entry in entries)
            _wheel.Add(entry, entry.Deadline);

        Advance(60_000);

        Assert.All(entries, entry => Assert.Equal(1, entry.Expirations));
    }

    [Fact]
    public void A_deadline_that_has_passed_already_expires_with_the_next_tick()
    {
        Advance(5000);
        var entry = new Entry(_clock, _clock.Now - 1000);
        _wheel.Add(entry, entry.Deadline);

        Advance(2 * TimeoutWheel.TickMilliseconds);

        Assert.Equal(1, entry.Expirations);
    }

    [Fact]
    public void An_entry_may_change_the_wheel_while_it_expires()
    {
        var other = new Entry(_clock, _clock.Now + 100);
        var next = new Entry(_clock, _clock.Now + 100);
        var entry = new Entry(_clock, _clock.Now + 100)
        {
            Then = () =>
            {
                _wheel.Remove(other);
                _wheel.Add(next, next.Deadline);
            },
        };
        foreach (var each in new[] { other, entry })
            _wheel.Add(each, each.Deadline);

        Advance(1000);
        Advance(1000);

        Assert.Equal((1, 1), (entry.Expirations, next.Expirations));
        // Added first, it is the last of its bucket: it was due, and removed before its turn came.
        Assert.Equal(0, other.Expirations);
    }

    [Fact]
    public void An_entry_that_is_due_and_is_added_anew_before_its_turn_expires_at_its_new_time_D5()
    {
        var deadline = _clock.Now + 100;
        var bystander = new Entry(_clock, deadline + 5000);
        _wheel.Add(bystander, bystander.Deadline);
        var due = Enumerable.Range(0, 4).Select(_ => new Entry(_clock, deadline)).ToArray();
        foreach (var entry in due)
        {
            entry.Then = () =>
            {
                foreach (var other in due.Where(other => other != entry && other.Expirations == 0))
                {
                    _wheel.Remove(other);
                    _wheel.Add(other, bystander.Deadline);
                }
            };
            _wheel.Add(entry, deadline);
        }

        Advance(1000);

        // The first one has moved the others on: they have another time now.
        Assert.Equal(1, due.Sum(entry => entry.Expirations));
        Assert.Equal(0, bystander.Expirations);
        Advance(6000);
        Assert.All(due, entry => Assert.Equal(1, entry.Expirations));
        Assert.Equal(1, bystander.Expirations);
    }

    [Fact]
    public void Entries_that_are_removed_in_time_wake_the_wheel_once_a_timeout_and_not_every_tick()
    {
        var time = new TimerCounter();
        var clock = new Clock(time);
        var wheel = new TimeoutWheel(clock, Unexpected);

        // A lone caller, whose requests of 10 s are answered within a millisecond, for a minute.
        for (var i = 0; i < 60_000; i++)
        {
            var entry = new Entry(clock, clock.Now + 10_000);
            wheel.Add(entry, entry.Deadline);
            time.Advance(TimeSpan.FromMilliseconds(1));
            wheel.Remove(entry);
        }

        Assert.InRange(time.Fired, 1, 12);
        time.Advance(TimeSpan.FromSeconds(11));
        var before = time.Fired;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(before, time.Fired);
    }

    [Fact]
    public void An_earlier_deadline_than_all_others_wakes_the_wheel_earlier()
    {
        var late = new Entry(_clock, _clock.Now + 10_000);
        _wheel.Add(late, late.Deadline);
        var early = new Entry(_clock, _clock.Now + 100);
        _wheel.Add(early, early.Deadline);

        Advance(100 + (2 * TimeoutWheel.TickMilliseconds));

        Assert.Equal((1, 0), (early.Expirations, late.Expirations));
        Advance(10_000);
        Assert.Equal(1, late.Expirations);
    }

    [Fact]
    public void An_entry_that_fails_to_expire_does_not_stop_the_wheel()
    {
        var bad = new Entry(_clock, _clock.Now + 100) { Then = static () => throw new InvalidOperationException() };
        _wheel.Add(bad, bad.Deadline);
        Advance(1000);
        var next = new Entry(_clock, _clock.Now + 100);
        _wheel.Add(next, next.Deadline);

        Advance(1000);

        Assert.Equal((1, 1), (bad.Expirations, next.Expirations));
        Assert.IsType<InvalidOperationException>(Assert.Single(_failures));
    }

    [Fact]
    public async Task Many_threads_add_and_remove_while_the_wheel_turns()
    {
        var clock = new Clock(TimeProvider.System);
        var wheel = new TimeoutWheel(clock, Unexpected);
        var adders = Enumerable.Range(0, 3).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var kept = new List<Entry>();
            for (var i = 0; i < 20_000; i++)
            {
                var entry = new Entry(clock, clock.Now + random.Next(0, 30));
                wheel.Add(entry, entry.Deadline);
                if (i % 3 == 0)
                    wheel.Remove(entry);
                else
                    kept.Add(entry);
            }

            return kept;
        })).ToArray();

        var all = (await Task.WhenAll(adders)).SelectMany(kept => kept).ToArray();
        await Eventually.TrueAsync(() => all.All(entry => entry.Expirations > 0), "every entry has expired");
        Assert.All(all, entry => Assert.Equal(1, entry.Expirations));
        Assert.All(all, entry => Assert.True(entry.ExpiredAt >= entry.Deadline));
    }

    /// <summary>D5: 100,000 steps in sequences of 1,000; a failure prints the seed.</summary>
    [Fact]
    public void Whatever_is_added_removed_and_added_anew_expires_as_in_a_plain_table_of_deadlines_D5() =>
        Gen.Int.Sample(seed => Play(seed, steps: 1000), iter: 100);

    /// <summary>D5: threads that know nothing of each other move the same entries while they fall due.</summary>
    [Fact]
    public async Task Entries_that_several_threads_move_at_once_stay_whole_D5()
    {
        var entries = Enumerable.Range(0, 16).Select(_ => new Entry(_clock, 0)).ToArray();
        var movers = Enumerable.Range(0, 3).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 30_000; i++)
            {
                var entry = entries[random.Next(entries.Length)];
                if (random.Next(3) == 0)
                    _wheel.Remove(entry);
                else
                    _wheel.Add(entry, _clock.Now + random.Next(0, 200));
            }
        })).ToArray();
        var moved = Task.WhenAll(movers);
        while (!moved.IsCompleted)
            Advance(TimeoutWheel.TickMilliseconds);
        await moved;

        foreach (var entry in entries)
            _wheel.Remove(entry);
        var before = entries.Select(entry => entry.Expirations).ToArray();
        Advance(2 * Turn);
        Assert.Equal(before, entries.Select(entry => entry.Expirations));
        foreach (var entry in entries)
            _wheel.Add(entry, _clock.Now + 100);
        Advance(2 * Turn);
        Assert.Equal(before.Select(each => each + 1), entries.Select(entry => entry.Expirations));
    }

    private static void Unexpected(Exception exception) => Assert.Fail(exception.ToString());

    private static void Play(int seed, int steps)
    {
        // Few different deadlines, so that many are due at once and can change each other.
        const int Grain = 5 * TimeoutWheel.TickMilliseconds;
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        var clock = new Clock(time);
        var wheel = new TimeoutWheel(clock, Unexpected);
        var deadlines = new Dictionary<Entry, long>();
        var entries = Enumerable.Range(0, 40).Select(_ => new Entry(clock, 0)).ToArray();
        // The wheel lets nothing out that an entry throws.
        var wrong = new List<string>();
        var step = 0;
        foreach (var entry in entries)
        {
            entry.Then = () =>
            {
                if (!deadlines.Remove(entry, out var deadline))
                    wrong.Add("An entry expires that was removed, or has expired.");
                else if (clock.Now < deadline || clock.Now > deadline + step + (2 * TimeoutWheel.TickMilliseconds))
                    wrong.Add($"An entry for {deadline} expires at {clock.Now}, in a step of {step}.");
                for (var changes = random.Next(4); changes > 0; changes--)
                    Change(entries[random.Next(entries.Length)]);
            };
        }

        for (var i = 0; i < steps; i++)
        {
            for (var changes = random.Next(8); changes > 0; changes--)
                Change(entries[random.Next(entries.Length)]);
            step = random.Next(50) switch { 0 => 3 * Turn, < 10 => 1, _ => random.Next(1, 2 * Grain) };
            time.Advance(TimeSpan.FromMilliseconds(step));
            Assert.Empty(wrong);
            foreach (var deadline in deadlines.Values)
                Assert.True(deadline > clock.Now - (2 * TimeoutWheel.TickMilliseconds), "It should have expired.");
        }

        void Change(Entry entry)
        {
            if (random.Next(3) == 0)
            {
                wheel.Remove(entry);
                deadlines.Remove(entry);
                return;
            }

            // Some for more than one turn ahead, and some in the past.
            var ahead = random.Next(20) == 0 ? Turn + random.Next(Turn) : random.Next(-1, 8) * Grain;
            deadlines[entry] = clock.Now + Math.Max(0, ahead);
            wheel.Add(entry, clock.Now + ahead);
        }
    }

    private sealed class TimerCounter : FakeTimeProvider
    {
        public int Fired { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                inner =>
                {
                    Fired++;
                    callback(inner);
                },
                state,
                dueTime,
                period);
    }

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
