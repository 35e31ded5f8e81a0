using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RabbitBridge.Calls;
using RabbitBridge.Diagnostics;
using RabbitBridge.Fabric;

namespace RabbitBridge.UnitTests.Messages;

public sealed class PendingCallsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Telemetry _telemetry = new(NullLogger.Instance);
    private readonly Clock _clock;
    private readonly TimeoutWheel _wheel;

    public PendingCallsTests()
    {
        _clock = new Clock(_time);
        _wheel = new TimeoutWheel(_clock, static exception => Assert.Fail(exception.ToString()));
    }

    public ValueTask DisposeAsync()
    {
        _telemetry.Dispose();
        return _wheel.DisposeAsync();
    }

    [Fact]
    public void A_call_is_found_by_its_number_until_it_is_answered()
    {
        var table = Table(10);
        var (call, sink) = Add(table, originId: 77);

        Assert.Same(call, table.Find(call.Id));
        Assert.Null(table.Find(call.Id + 1));
        Assert.Equal(1, table.Count);
        call.Reply(Answer(call.Id));

        Assert.Equal([77], sink.Replies.Select(reply => reply.Id));
        Assert.Null(table.Find(call.Id));
        Assert.Equal(0, table.Count);
        Assert.True(call.IsEnded);
    }

    [Fact]
    public void A_call_ends_once_and_the_rest_is_counted_as_late()
    {
        var table = Table(10);
        var (call, sink) = Add(table);

        call.Reply(Answer(call.Id));
        call.Reply(Answer(call.Id));
        call.Fail(ErrorReason.SessionClosed, "too late");
        call.OnExpired();

        Assert.Null(Assert.Single(sink.Replies).Error);
        Assert.Equal(0, table.Count);
        Assert.Equal(1, _telemetry.LateResponses);
    }

    [Fact]
    public void No_more_calls_are_taken_than_the_limit_allows()
    {
        var table = Table(3);
        var calls = Enumerable.Range(0, 3).Select(_ => Add(table).Call).ToArray();

        Assert.False(table.TryAdd(New(table, new RecordingSink())));
        Assert.Equal(3, table.Count);
        calls[1].Reply(Answer(calls[1].Id));
        Assert.True(table.TryAdd(New(table, new RecordingSink())));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void A_call_that_stays_long_does_not_lose_its_place_to_later_ones()
    {
        var table = Table(4);
        var (slow, sink) = Add(table);
        var ids = new HashSet<long> { slow.Id };

        for (var i = 0; i < 1000; i++)
        {
            var (quick, answered) = Add(table);
            Assert.True(ids.Add(quick.Id));
            Assert.Same(slow, table.Find(slow.Id));
            quick.Reply(Answer(quick.Id));
            Assert.Equal(1, answered.Count);
        }

        slow.Reply(Answer(slow.Id));
        Assert.Equal(1, sink.Count);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void An_answer_to_an_earlier_call_in_the_same_place_is_not_taken_for_this_one()
    {
        var table = Table(1);
        var (first, _) = Add(table);
        first.Reply(Answer(first.Id));
        RelayCall second;
        do
        {
            (second, _) = Add(table);
            if (second.Id % 2 != first.Id % 2)
                second.Reply(Answer(second.Id));
        }
        while (second.IsEnded);

        Assert.Null(table.Find(first.Id));
        Assert.Same(second, table.Find(second.Id));
        second.Reply(Answer(second.Id));
    }

    [Fact]
    public void Calls_that_meet_a_condition_fail_together()
    {
        var table = Table(100);
        var calls = Enumerable.Range(0, 50).Select(i => Add(table, originId: i)).ToArray();

        var failed = table.FailWhere(call => call.Id % 2 == 0, ErrorReason.CommunicationFailure, "lost");

        Assert.Equal(25, failed);
        Assert.Equal(25, table.Count);
        Assert.All(calls, each => Assert.Equal(each.Call.Id % 2 == 0 ? 1 : 0, each.Sink.Count));
        Assert.All(calls.SelectMany(each => each.Sink.Replies), reply => Assert.Equal((ErrorReason.CommunicationFailure, "lost"), (reply.Error, reply.ErrorMessage)));
        Assert.Equal(25, table.FailWhere(_ => true, ErrorReason.SessionClosed, "the rest"));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_call_whose_time_is_over_ends_and_its_carrier_is_told()
    {
        var table = Table(10);
        var sink = new RecordingSink();
        var call = New(table, sink, deadline: _clock.Now + 1000);
        Assert.True(table.TryAdd(call));
        var link = new FakeLink("x");
        Assert.True(call.TryCarry(link));
        Assert.Equal((1, 999), (link.Outstanding, call.Remaining(_clock.Now + 1)));

        Advance(999);
        Assert.Equal(0, sink.Count);
        Advance(60);

        Assert.Equal(ErrorReason.RequestTimeOut, Assert.Single(sink.Replies).Error);
        Assert.Equal([call.Id], link.Cancelled);
        Assert.Equal((0, 0), (link.Outstanding, table.Count));
    }

    [Fact]
    public void An_answered_call_does_not_expire()
    {
        var table = Table(10);
        var sink = new RecordingSink();
        var call = New(table, sink, deadline: _clock.Now + 1000);
        Assert.True(table.TryAdd(call));

        call.Reply(Answer(call.Id));
        Advance(20_000);

        Assert.Null(Assert.Single(sink.Replies).Error);
    }

    [Fact]
    public void A_carrier_counts_what_it_carries_however_often_that_changes()
    {
        var table = Table(10);
        var (call, _) = Add(table);
        var (one, two) = (new FakeLink("1"), new FakeLink("2"));

        Assert.True(call.TryCarry(one));
        Assert.True(call.TryCarry(two));
        Assert.Equal((0, 1), (one.Outstanding, two.Outstanding));
        Assert.True(call.TryCarry(null));
        Assert.Equal((0, 0), (one.Outstanding, two.Outstanding));
        Assert.True(call.TryCarry(one));
        call.Reply(Answer(call.Id));
        Assert.Equal(0, one.Outstanding);
        // Whoever comes too late must not be handed the request.
        Assert.False(call.TryCarry(two));
        Assert.Equal(0, two.Outstanding);
        Assert.Empty(one.Cancelled);
    }

    [Fact]
    public async Task Many_threads_add_answer_and_fail_calls()
    {
        var table = Table(64);
        var refused = 0;

        var sinks = (await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            var link = new FakeLink($"{worker}");
            var open = new Queue<RelayCall>();
            var mine = new List<RecordingSink>();
            for (var i = 0; i < 20_000; i++)
            {
                var sink = new RecordingSink();
                var call = New(table, sink);
                if (!table.TryAdd(call))
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                mine.Add(sink);
                call.TryCarry(link);
                open.Enqueue(call);
                if (i % 1000 == 0)
                    table.FailWhere(_ => true, ErrorReason.CommunicationFailure, "lost");
                if (open.Count >= 10)
                    table.Find(open.Peek().Id)?.Reply(Answer(open.Dequeue().Id));
            }

            while (open.TryDequeue(out var call))
                call.Reply(Answer(call.Id));
            return (link, mine);
        })))).ToArray();

        // Only now is every thread through with what it had begun.
        Assert.Equal(80_000, sinks.Sum(each => each.mine.Count) + refused);
        Assert.All(sinks, each => Assert.Equal(0, each.link.Outstanding));
        Assert.All(sinks.SelectMany(each => each.mine), sink => Assert.Equal(1, sink.Count));
        Assert.Equal(0, table.Count);
    }

    private PendingCalls Table(int limit) => new(limit, _wheel, _telemetry);

    private static RelayCall New(PendingCalls table, RecordingSink sink, long deadline = 0, long originId = 0) =>
        new(table, new RequestArrival(new() { Id = originId, Path = MessagePath.Parse("a"), ContentType = ContentTypes.Text, Payload = default }, sink, Table: null, Wheel: null), () => { }) { Deadline = deadline };

    private static (RelayCall Call, RecordingSink Sink) Add(PendingCalls table, long originId = 0)
    {
        var sink = new RecordingSink();
        var call = New(table, sink, originId: originId);
        Assert.True(table.TryAdd(call));
        return (call, sink);
    }

    private static ResponseEnvelope Answer(long id) => new() { Id = id, ContentType = ContentTypes.Text };

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
