using RabbitBridge.Cli.Workers;

namespace RabbitBridge.EndToEndTests;

[Collection(AloneGroup.Name)]
public sealed class GatewayProcessTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int InFlight = 100;
    // No test lasts so long: a request that ends has not ended for this. How soon it ends is held by PresenceLimitTests.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromHours(1);

    private readonly Processes _processes = broker.NewProcesses();
    private WorkerSession _east = null!;
    private WorkerSession _west = null!;

    public async Task InitializeAsync()
    {
        var east = _processes.StartAsync("east");
        _west = await _processes.StartAsync("west");
        _east = await east;
    }

    public async Task DisposeAsync() => await _processes.DisposeAsync();

    [Fact]
    public async Task Two_processes_answer_each_others_requests()
    {
        await _east.AddHandlerAsync("from/west", HandlerBehaviour.Echo);
        await _west.AddHandlerAsync("from/east", HandlerBehaviour.Echo);

        Assert.Equal("one", (await _west.SendAsync("from/west/1", "one")).ToString());
        Assert.Equal("two", (await _east.SendAsync("from/east/2", "two")).ToString());
    }

    [Fact]
    public async Task A_session_in_another_process_is_reached_by_its_id()
    {
        await _east.SetStreamAsync("greeting", HandlerBehaviour.Fixed, "hello");

        Assert.Equal("hello", (await _west.SendToAsync(_east, "greeting", "?")).ToString());
        Assert.Equal(ErrorReason.UnhandledMessage, (await _west.SendToAsync(_east, "other", "?")).Error);
    }

    [Fact]
    public async Task A_held_request_is_answered_when_the_handler_lets_it_go()
    {
        var handler = await _east.AddHandlerAsync("held", HandlerBehaviour.Held);
        var call = _west.SendAsync("held", "later");
        await UntilReceivedAsync(_east, handler, 1);
        Assert.False(call.IsCompleted);

        await _east.ReleaseHandlerAsync(handler);

        Assert.Equal("later", (await call).ToString());
    }

    [Fact]
    public async Task Handlers_that_block_their_threads_do_not_make_their_gateway_look_dead_S8()
    {
        const int blocked = 24;
        var handler = await _east.AddHandlerAsync("blocking", HandlerBehaviour.Blocking);
        var calls = Enumerable.Range(0, blocked).Select(number => _west.SendAsync("blocking", $"{number}", RequestTimeout)).ToArray();
        await UntilReceivedAsync(_east, handler, blocked);

        await _east.ReleaseHandlerAsync(handler);

        Assert.Equal(Enumerable.Range(0, blocked).Select(static number => $"{number}"), (await Task.WhenAll(calls)).Select(static outcome => outcome.ToString()));
    }

    [Fact]
    public async Task When_the_handling_process_is_killed_every_caller_gets_a_definite_error()
    {
        var calls = await PutInFlightAsync("slow");

        _east.Worker.Kill();

        await AssertDefiniteAsync(calls);
        await AssertNothingPendingAsync(_west);
    }

    [Fact]
    public async Task When_the_handling_process_is_frozen_every_caller_gets_a_definite_error_and_later_it_serves_again()
    {
        var calls = await PutInFlightAsync("slow");
        await _east.AddHandlerAsync("quick", HandlerBehaviour.Echo);

        Signals.SendStop(_east.Worker.Id);
        await AssertDefiniteAsync(calls);
        Signals.SendContinue(_east.Worker.Id);

        await Until.TrueAsync(async () => (await _west.SendAsync("quick", "there?", TimeSpan.FromSeconds(2))).Response == "there?", "east serves again");
        Assert.Equal("there?", (await _west.SendAsync("quick", "there?")).ToString());
    }

    [Fact]
    public async Task A_second_process_with_the_same_branch_takes_over_from_one_that_is_killed()
    {
        var north = await _processes.StartAsync("north");
        await _east.AddHandlerAsync("shared", HandlerBehaviour.Fixed, "east");
        await north.AddHandlerAsync("shared", HandlerBehaviour.Fixed, "north");
        var before = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _west.SendAsync("shared", "?")));
        Assert.All(before, outcome => Assert.True(outcome.Response is "east" or "north", outcome.ToString()));

        _east.Worker.Kill();
        // Those on their way to the dead one fail, and are not executed a second time; from its loss on, north has all.
        await Until.TrueAsync(async () => !(await _west.Worker.ReportAsync()).Gateways.Contains("east"), "west knows that east is gone");

        var after = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _west.SendAsync("shared", "?")));
        Assert.All(after, outcome => Assert.Equal("north", outcome.ToString()));
    }

    [Fact]
    public async Task A_killed_process_leaves_no_queue_behind()
    {
        await _east.AddHandlerAsync("mine", HandlerBehaviour.Echo);
        Assert.True(await RawClient.QueueExistsAsync(broker.Broker.AmqpUri, $"{_processes.Prefix}.handler.mine"));

        _east.Worker.Kill();

        await Until.TrueAsync(
            async () => !await RawClient.QueueExistsAsync(broker.Broker.AmqpUri, $"{_processes.Prefix}.handler.mine"), "the queue is gone");
        Assert.Equal(ErrorReason.UnhandledMessage, (await _west.SendAsync("mine", "?")).Error);
    }

    [Fact]
    public async Task A_worker_ends_by_itself_when_its_parent_closes_the_pipe()
    {
        await _east.AddHandlerAsync("mine", HandlerBehaviour.Silent);
        var worker = _east.Worker;

        await worker.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{worker.Id}"));
        await Until.TrueAsync(async () => (await _west.Worker.ReportAsync()).Gateways.Count == 0, "west knows that east is gone");
    }

    // East gets requests of west that it never answers.
    private async Task<Task<RequestOutcome>[]> PutInFlightAsync(string path)
    {
        var handler = await _east.AddHandlerAsync(path, HandlerBehaviour.Silent);
        Task<RequestOutcome>[] calls = [.. Enumerable.Range(0, InFlight).Select(i => _west.SendAsync(path, $"{i}", RequestTimeout))];
        await UntilReceivedAsync(_east, handler, InFlight);
        return calls;
    }

    private static Task UntilReceivedAsync(WorkerSession session, int handler, int count) =>
        Until.TrueAsync(async () => (await session.ReportAsync(handler)).Received == count, $"{count} requests have arrived");

    private static async Task AssertDefiniteAsync(Task<RequestOutcome>[] calls)
    {
        var outcomes = await Task.WhenAll(calls).WaitAsync(Until.Limit);
        Assert.All(outcomes, outcome => Assert.Equal(ErrorReason.CommunicationFailure, outcome.Error));
    }

    private static async Task AssertNothingPendingAsync(WorkerSession session) =>
        Assert.Equal(0, (await session.Worker.ReportAsync()).Pending);
}
