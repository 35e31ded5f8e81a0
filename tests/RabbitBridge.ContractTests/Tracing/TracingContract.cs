using System.Diagnostics;

namespace RabbitBridge.ContractTests;

/// <summary>A request is one trace, from its sender to what its handler does, with a span for each who has it in hand.</summary>
public abstract class TracingContract(IFabricWorld world) : FabricContract(world)
{
    private const string Path = "traced/path";

    /// <summary>How many spans there are on each side: of gateways, and of clients if sessions are elsewhere.</summary>
    protected virtual int SpansOfASide => 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_by_path_is_one_trace(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, (_, _, _) => Note(inHandler));
        using var spans = SpanCollector.Start();

        await sender.AskAsync(Path);

        AssertTrace(spans, await inHandler.Task, sends: SpansOfASide);
        await spans.EndedAsync(2 * SpansOfASide);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_to_a_session_is_one_trace(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        handler.Messages.SetRequestStream<string, string>(Path, (_, _, _) => Note(inHandler));
        using var spans = SpanCollector.Start();

        await sender.AskAsync(handler.Id, Path);

        AssertTrace(spans, await inHandler.Task, sends: SpansOfASide);
        await spans.EndedAsync(2 * SpansOfASide);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_to_a_filter_is_handled_in_its_senders_trace(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        handler.Messages.SetRequestStream<string, string>(Path, (_, _, _) => Note(inHandler));
        await Eventually.TrueAsync(async () => await CountAsync($"$SessionId is '{handler.Id}'") == 1, "the filter finds the session");
        inHandler = new TaskCompletionSource<ActivitySpanId>();
        using var spans = SpanCollector.Start();

        Assert.Equal(1, await CountAsync($"$SessionId is '{handler.Id}'"));

        AssertTrace(spans, await inHandler.Task, sends: 0);
        await spans.EndedAsync(SpansOfASide);

        async Task<int> CountAsync(string filter)
        {
            var count = 0;
            await foreach (var answer in sender.Messages.SendRequestToFilterAsync<string, string>(filter, Path, ""))
                count += answer.Error is null ? 1 : 0;
            return count;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_project_message_to_a_client_is_one_trace(bool local)
    {
        var (a, b) = await StartTwoWhoMeetAsync();
        var receiver = (local ? a : b).OpenSession(new SessionOptions { Project = "X" });
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        await receiver.Projects.AddMessageHandlerAsync("h", _ => inHandler.TrySetResult(Activity.Current?.SpanId ?? default));
        var sender = a.OpenSession();
        using var spans = SpanCollector.Start();

        await sender.Projects.SendMessageAsync("X", "h", scope: "C", remoteServers: local ? null : [b.Name]);

        AssertMessageTrace(spans, await inHandler.Task, ActivityKind.Consumer, ActivityKind.Producer);
        await spans.EndedAsync(1 + SpansOfASide);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_to_a_message_handler_is_one_trace(bool local)
    {
        var (a, b) = await StartTwoWhoMeetAsync();
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        (local ? a : b).Projects.AddMessageHandler("X", "h", new FunctionMessageHandler(_ => inHandler.TrySetResult(Activity.Current?.SpanId ?? default)));
        var sender = a.OpenSession();
        using var spans = SpanCollector.Start();

        await sender.Projects.SendRequestAsync<object?>("X", "h", remoteServer: local ? null : b.Name);

        AssertMessageTrace(spans, await inHandler.Task, ActivityKind.Server, ActivityKind.Client);
        await spans.EndedAsync(1 + SpansOfASide);
    }

    [Fact]
    public async Task Requests_of_one_caller_stand_side_by_side()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.AnswerAsync(Path, "here");
        using var spans = SpanCollector.Start();

        var first = sender.AskAsync(Path);
        Assert.Same(spans.Caller, Activity.Current);
        await Task.WhenAll(first, sender.AskAsync(Path));
        await sender.AskAsync(Path);

        Assert.Same(spans.Caller, Activity.Current);
        await spans.EndedAsync(3 * 2 * SpansOfASide);
        Assert.Equal(3, spans.Spans.Count(span => span.ParentSpanId == spans.Caller.SpanId));
    }

    [Fact]
    public async Task What_a_handler_asks_in_turn_belongs_to_the_trace()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        await sender.Messages.AddRequestHandlerAsync<string, string>("traced/inner", (_, _, _) => Note(inHandler));
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, async (_, _, cancelled) => await handler.AskAsync("traced/inner", cancellationToken: cancelled));
        using var spans = SpanCollector.Start();

        await sender.AskAsync(Path);

        var one = Enumerable.Repeat("process", SpansOfASide).Concat(Enumerable.Repeat("send", SpansOfASide)).ToArray();
        Assert.Equal([.. one, .. one], spans.Chain(await inHandler.Task).Select(span => span.OperationName));
        await spans.EndedAsync(4 * SpansOfASide);
    }

    [Fact]
    public async Task A_request_that_fails_says_so_in_its_span()
    {
        var (_, sender) = await StartPairAsync(local: false);
        using var spans = SpanCollector.Start();

        await Assert.ThrowsAsync<UnhandledMessageException>(() => sender.AskAsync("traced/nowhere"));

        await spans.EndedAsync(SpansOfASide);
        Assert.All(spans.Spans, span => Assert.Equal(
            ("send", ActivityStatusCode.Error, nameof(ErrorReason.UnhandledMessage)), (span.OperationName, span.Status, span.GetTagItem("error.type"))));
    }

    private static ValueTask<string> Note(TaskCompletionSource<ActivitySpanId> inHandler)
    {
        inHandler.TrySetResult(Activity.Current?.SpanId ?? default);
        return new("here");
    }

    // The handler's span is that of the process in which it runs; a gateway that passes a message on has none.
    private void AssertMessageTrace(SpanCollector spans, ActivitySpanId inHandler, ActivityKind process, ActivityKind send)
    {
        var chain = spans.Chain(inHandler);
        Assert.Equal([("process", process), .. Enumerable.Repeat(("send", send), SpansOfASide)], chain.Select(span => (span.OperationName, span.Kind)));
        Assert.Equal(spans.Caller.SpanId, chain[^1].ParentSpanId);
        Assert.All(chain, span => Assert.Equal("X/h", span.GetTagItem("messaging.destination.name")));
    }

    private void AssertTrace(SpanCollector spans, ActivitySpanId inHandler, int sends)
    {
        var chain = spans.Chain(inHandler);
        Assert.Equal(
            [.. Enumerable.Repeat(("process", ActivityKind.Server), SpansOfASide), .. Enumerable.Repeat(("send", ActivityKind.Client), sends)],
            chain.Select(span => (span.OperationName, span.Kind)));
        Assert.Equal(spans.Caller.SpanId, chain[^1].ParentSpanId);
        Assert.All(chain, span =>
        {
            Assert.Equal(spans.Caller.TraceId, span.TraceId);
            Assert.Equal("rabbitmq", span.GetTagItem("messaging.system"));
            Assert.Equal(span.OperationName, span.GetTagItem("messaging.operation.name"));
            Assert.Equal(span.OperationName, span.GetTagItem("messaging.operation.type"));
            Assert.Equal(Path, span.GetTagItem("messaging.destination.name"));
        });
    }
}
