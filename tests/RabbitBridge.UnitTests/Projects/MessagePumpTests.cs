using System.Collections.Concurrent;

namespace RabbitBridge.UnitTests.Projects;

public sealed class MessagePumpTests
{
    private readonly ConcurrentQueue<int> _begun = new();
    private readonly ConcurrentQueue<(int Number, string Outcome)> _outcomes = new();
    private bool _throws;

    [Fact]
    public async Task What_has_as_many_bytes_as_may_wait_leaves_no_room_until_some_is_handled()
    {
        var first = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pump = new MessagePump(10, 100, _ => { }, CancellationToken.None);
        // The number of each is its size. What is being handled does not wait any more.
        Assert.True(pump.TryAdd(New(500, _ =>
        {
            begun.SetResult();
            return first.Task;
        })));
        await begun.Task;

        Assert.True(pump.TryAdd(New(99, _ => second.Task)));
        Assert.True(pump.TryAdd(New(500, _ => Task.FromResult<object?>(null))));
        Assert.False(pump.TryAdd(New(0, _ => Task.FromResult<object?>(null))));
        first.SetResult(null);
        second.SetResult(null);
        await Eventually.TrueAsync(() => pump.TryAdd(New(1, _ => Task.FromResult<object?>(null))), "there is room again");
        pump.Complete();
        await pump.Completion;
    }

    [Fact]
    public async Task Each_message_begins_in_its_order_and_has_one_outcome_whatever_its_handler_does()
    {
        var pump = new MessagePump(10_000, long.MaxValue, _ => { }, CancellationToken.None);
        var random = new Random(17);
        var expected = new List<(int, string)>();
        using var block = new ManualResetEventSlim();
        for (var n = 0; n < 3000; n++)
        {
            var kind = random.Next(100);
            var message = kind switch
            {
                < 50 => New(n, _ => Task.FromResult<object?>(null)),
                < 70 => New(n, async _ => await YieldAsync()),
                < 80 => New(n, _ => throw new InvalidOperationException("at once")),
                < 90 => New(n, async _ => await YieldAsync() ?? throw new InvalidOperationException("later")),
                < 94 => New(n, left => Task.Delay(Timeout.Infinite, left).ContinueWith(object? (_) => null, TaskScheduler.Default), TimeSpan.FromMilliseconds(1)),
                95 when n % 10 == 0 => New(n, _ => Block(block), TimeSpan.FromMilliseconds(1)),
                _ => New(n, _ => Task.FromResult<object?>(null), cancelled: new CancellationToken(canceled: true)),
            };
            expected.Add((n, kind switch
            {
                < 70 => "handled",
                < 90 => "failed",
                < 94 => nameof(LeftReason.TimeOver),
                95 when n % 10 == 0 => nameof(LeftReason.TimeOver),
                _ => nameof(LeftReason.NobodyWaits),
            }));
            Assert.True(pump.TryAdd(message));
        }

        pump.Complete();
        await pump.Completion.WaitAsync(Eventually.Limit);
        block.Set();

        Assert.Equal(expected, _outcomes);
        Assert.Equal(expected.Where(each => each.Item2 != nameof(LeftReason.NobodyWaits)).Select(each => each.Item1), _begun);
    }

    [Fact]
    public async Task Whoever_completes_a_handlers_task_gets_the_thread_back()
    {
        var pump = new MessagePump(10, long.MaxValue, _ => { }, CancellationToken.None);
        var first = new TaskCompletionSource<object?>();
        using var second = new ManualResetEventSlim();
        pump.TryAdd(New(1, _ => first.Task));
        pump.TryAdd(New(2, _ => Block(second)));
        await Eventually.TrueAsync(() => _begun.Count == 1, "the first has begun");

        // The next handler blocks: upon this thread it would do so for ever.
        await Task.Run(() => first.SetResult(null)).WaitAsync(Eventually.Limit);
        second.Set();

        pump.Complete();
        await pump.Completion.WaitAsync(Eventually.Limit);
        Assert.Equal([(1, "handled"), (2, "handled")], _outcomes);
    }

    [Fact]
    public async Task A_request_that_nobody_waits_for_any_more_is_left_behind_and_its_handler_told()
    {
        var pump = new MessagePump(10, long.MaxValue, _ => { }, CancellationToken.None);
        using var givingUp = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        pump.TryAdd(New(1, left =>
        {
            left.Register(told.SetResult);
            return new TaskCompletionSource<object?>().Task;
        }, cancelled: givingUp.Token));
        pump.TryAdd(New(2, _ => Task.FromResult<object?>(null)));
        await Eventually.TrueAsync(() => _begun.Count == 1, "the first has begun");

        await givingUp.CancelAsync();

        await told.Task.WaitAsync(Eventually.Limit);
        pump.Complete();
        await pump.Completion.WaitAsync(Eventually.Limit);
        Assert.Equal([(1, nameof(LeftReason.NobodyWaits)), (2, "handled")], _outcomes);
    }

    [Fact]
    public async Task What_is_under_way_is_left_behind_and_what_waits_dropped_when_it_is_closed()
    {
        using var closing = new CancellationTokenSource();
        var dropped = 0;
        var pump = new MessagePump(10, long.MaxValue, count => dropped += count, closing.Token);
        pump.TryAdd(New(1, _ => new TaskCompletionSource<object?>().Task));
        await Eventually.TrueAsync(() => _begun.Count == 1, "the first has begun");
        pump.TryAdd(New(2, _ => Task.FromResult<object?>(null)));
        pump.TryAdd(New(3, _ => Task.FromResult<object?>(null)));

        await closing.CancelAsync();

        await pump.Completion.WaitAsync(Eventually.Limit);
        Assert.Equal(2, dropped);
        Assert.Equal([(1, nameof(LeftReason.Closed)), (2, nameof(LeftReason.Closed)), (3, nameof(LeftReason.Closed))], _outcomes.Order());
        Assert.False(pump.TryAdd(New(4, _ => Task.FromResult<object?>(null))));
    }

    [Fact]
    public async Task What_fails_when_an_outcome_is_told_is_reported_and_does_not_end_the_queue()
    {
        var pump = new MessagePump(10, long.MaxValue, _ => { }, CancellationToken.None);
        _throws = true;
        pump.TryAdd(New(1, _ => Task.FromResult<object?>(null)));
        pump.TryAdd(New(2, _ => throw new InvalidOperationException("at once")));
        pump.TryAdd(New(3, left => Task.Delay(Timeout.Infinite, left).ContinueWith(object? (_) => null, TaskScheduler.Default), TimeSpan.FromMilliseconds(1)));
        pump.TryAdd(New(4, _ => Task.FromResult<object?>(null)));

        pump.Complete();
        await pump.Completion.WaitAsync(Eventually.Limit);

        Assert.Equal(["handled", "reported", "failed", "reported", nameof(LeftReason.TimeOver), "reported", "handled", "reported"], _outcomes.Select(told => told.Outcome));
    }

    private static async Task<object?> YieldAsync()
    {
        await Task.Yield();
        return null;
    }

    private static Task<object?> Block(ManualResetEventSlim until)
    {
        until.Wait();
        return Task.FromResult<object?>(null);
    }

    private Message New(int number, Func<CancellationToken, Task<object?>> run, TimeSpan? limit = null, CancellationToken cancelled = default) =>
        new(this, number, run, limit ?? Timeout.InfiniteTimeSpan, cancelled);

    private sealed class Message(
        MessagePumpTests test, int number, Func<CancellationToken, Task<object?>> run, TimeSpan limit, CancellationToken cancelled) : PumpedMessage
    {
        public override int Bytes => number;

        public override TimeSpan TimeLimit => limit;

        public override CancellationToken Cancelled => cancelled;

        public override Task<object?> RunAsync(CancellationToken left)
        {
            test._begun.Enqueue(number);
            return run(left);
        }

        public override void Handled(object? answer) => Tell("handled");

        public override void Failed(Exception exception) => Tell("failed");

        public override void LeftBehind(LeftReason reason) => Tell(reason.ToString());

        private void Tell(string outcome)
        {
            test._outcomes.Enqueue((number, outcome));
            if (test._throws)
                throw new InvalidOperationException("thrown by a test");
        }

        public override void Report(Exception exception) => test._outcomes.Enqueue((number, "reported"));
    }
}
