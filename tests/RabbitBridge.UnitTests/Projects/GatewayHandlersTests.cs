using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace RabbitBridge.UnitTests.Projects;

public sealed class GatewayHandlersTests
{
    private readonly InMemoryWorld _world = new();

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(0.5)]
    [InlineData(25 * 24 * 3600 * 1000.0)]
    public async Task Time_limits_that_mean_nothing_are_refused(double milliseconds)
    {
        await using var gateway = await StartAsync();
        var options = new MessageHandlerOptions { TimeLimit = TimeSpan.FromMilliseconds(milliseconds) };

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ => { }), options));

        Assert.Contains("at least 1 ms and at most 24 days, or infinite", error.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Projects.Names);
    }

    [Fact]
    public async Task Nothing_of_a_message_stays_when_it_has_been_handled()
    {
        await using var gateway = await StartAsync();
        var held = new ConcurrentQueue<WeakReference>();
        gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler((_, token) => Hold(held, token)));
        var client = gateway.OpenSession(new SessionOptions { Project = "X" });
        await client.Projects.AddMessageHandlerAsync("h", new FunctionMessageHandler((_, token) => Hold(held, token)));
        var sender = gateway.OpenSession();

        await sender.Projects.SendMessageAsync("X", "h");
        await sender.Projects.SendRequestAsync<int?>("X", "h");

        await Eventually.TrueAsync(() => held.Count == 3, "all three have been handled");
        // Each collection stops all other tests of the process: only as many as it takes.
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Yield();
                GC.Collect();
                return held.All(each => !each.IsAlive);
            },
            "what was registered with the handlers' tokens is gone before their time is over");
    }

    [Fact]
    public async Task A_request_that_nobody_waits_for_any_more_is_not_handled()
    {
        await using var gateway = await StartAsync();
        var handled = new ConcurrentQueue<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(async (message, _) =>
        {
            handled.Enqueue(message.Payload.GetProperty("n").GetInt32());
            begun.TrySetResult();
            await gate.Task;
            return null;
        }));
        var sender = gateway.OpenSession();
        var first = sender.Projects.SendRequestAsync<int?>("X", "h", new { n = 1 });
        await begun.Task;
        using var givingUp = new CancellationTokenSource();
        var second = sender.Projects.SendRequestAsync<int?>("X", "h", new { n = 2 }, cancellationToken: givingUp.Token);
        var third = sender.Projects.SendRequestAsync<int?>("X", "h", new { n = 3 });

        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetResult();
        await Task.WhenAll(first, third);

        Assert.Equal([1, 3], handled);
    }

    [Fact]
    public async Task A_handlers_own_timeout_is_its_failure_and_not_the_requests()
    {
        await using var gateway = await StartAsync();
        gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ => throw new TimeoutException("a database's")));

        await Assert.ThrowsAsync<CallbackException>(() => gateway.OpenSession().Projects.SendRequestAsync<int?>("X", "h"));
    }

    [Theory]
    [InlineData(HandlerThreading.Shared)]
    [InlineData(HandlerThreading.Dedicated)]
    public async Task A_gateway_that_stops_handles_what_waits(HandlerThreading threading)
    {
        var gateway = await StartAsync(TimeSpan.FromSeconds(30));
        var handled = new ConcurrentQueue<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Projects.AddMessageHandler(
            "X",
            "h",
            new FunctionMessageHandler(async (message, _) =>
            {
                await gate.Task;
                handled.Enqueue(message.Payload.GetProperty("n").GetInt32());
                return null;
            }),
            new MessageHandlerOptions { Threading = threading });
        var sender = gateway.OpenSession();
        for (var n = 0; n < 100; n++)
            await sender.Projects.SendMessageAsync("X", "h", new { n });

        var stopped = gateway.StopAsync();
        gate.SetResult();
        await stopped;

        Assert.Equal(Enumerable.Range(0, 100), handled);
    }

    [Fact]
    public async Task A_gateway_that_stops_waits_for_no_handler_longer_than_its_time()
    {
        var gateway = await StartAsync(TimeSpan.FromMilliseconds(100));
        var token = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler((_, cancelled) =>
        {
            cancelled.Register(() => throw new InvalidOperationException("a callback's own failure"));
            token.SetResult(cancelled);
            return new TaskCompletionSource<object?>().Task;
        }));
        var sender = gateway.OpenSession();
        await sender.Projects.SendMessageAsync("X", "h");
        await sender.Projects.SendMessageAsync("X", "h");
        var cancelled = await token.Task;

        await gateway.StopAsync().WaitAsync(Eventually.Limit);

        Assert.True(cancelled.IsCancellationRequested);
        await Eventually.TrueAsync(() => _world.Log.Lines.Any(line => line.Text.Contains("1 project messages waited", StringComparison.Ordinal)), "the drop is logged");
    }

    [Fact]
    public async Task A_handlers_context_is_neither_its_senders_nor_that_of_the_handler_before()
    {
        await using var gateway = await StartAsync();
        var local = new AsyncLocal<int>();
        var seen = new ConcurrentQueue<int>();
        gateway.Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ =>
        {
            seen.Enqueue(local.Value);
            local.Value = 1;
        }));
        var sender = gateway.OpenSession();
        local.Value = 2;

        for (var n = 0; n < 3; n++)
            await sender.Projects.SendMessageAsync("X", "h");

        await Eventually.TrueAsync(() => seen.Count == 3, "all three have been handled");
        Assert.Equal([0, 0, 0], seen);
    }

    private async Task<IGateway> StartAsync(TimeSpan drain = default)
    {
        var gateway = _world.CreateGateway(new GatewayOptions { Name = "a", DrainTimeout = drain });
        await gateway.StartAsync();
        return gateway;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<object?> Hold(ConcurrentQueue<WeakReference> held, CancellationToken token)
    {
        var large = new byte[1000];
        token.Register(() => GC.KeepAlive(large));
        held.Enqueue(new WeakReference(large));
        return Task.FromResult<object?>(null);
    }

    [Fact]
    public async Task What_a_callback_on_a_handlers_token_throws_when_its_time_is_over_is_logged_and_ends_nothing_S35()
    {
        await using var gateway = await StartAsync();
        var called = 0;
        gateway.Projects.AddMessageHandler(
            "X", "h", new ThrowingTokenHandler(() => Interlocked.Increment(ref called)), new MessageHandlerOptions { TimeLimit = TimeSpan.FromMilliseconds(500) });
        var sender = gateway.OpenSession();

        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.Projects.SendRequestAsync<int?>("X", "h"));
        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.Projects.SendRequestAsync<int?>("X", "h"));

        await Eventually.TrueAsync(
            () => called == 2 && _world.Log.Lines.Count(line => line.Event == "MessageHandlerFailed" && line.Exception is AggregateException) == 2,
            "both failures are logged");
    }

    private sealed class ThrowingTokenHandler(Action called) : IMessageHandler
    {
        public async Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken)
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cancellationToken.Register(over.SetResult);
            cancellationToken.Register(() =>
            {
                called();
                throw new InvalidOperationException("thrown by a test");
            });
            await over.Task;
            return null;
        }
    }
}
