using System.Diagnostics;

namespace RabbitBridge.ContractTests;

/// <summary>A request is one trace, from its sender to what its handler does, with a span for each who has it in hand.</summary>
public abstract class TracingContract(IFabricWorld world) : FabricContract(world)
{
    private const string Path = "traced/path";

    /// <summary>How many spans there are on each side: of gateways, and of clients if sessions are elsewhere.</summary>
    protected virtual int SpansOfASide => 1;

    /// <summary>What gateways say that carries their messages.</summary>
    protected abstract string System { get; }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_by_path_is_one_trace(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        await handler.Messages.AddRequestHandlerAsync<string, string>("traced", (_, _, _) => Note(inHandler));
        using var spans = SpanCollector.Start();

        await sender.AskAsync(Path);

        AssertTrace(spans, await inHandler.Task, "path", branch: "traced");
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

        AssertTrace(spans, await inHandler.Task, "session");
        await spans.EndedAsync(2 * SpansOfASide);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_to_a_filter_is_one_trace(bool local)
    {
        var (handler, sender) = await StartPairAsync(local);
        var inHandler = new TaskCompletionSource<ActivitySpanId>();
        handler.Messages.SetRequestStream<string, string>(Path, (_, _, _) => Note(inHandler));
        await Eventually.TrueAsync(async () => await CountAsync($"$SessionId is '{handler.Id}'") == 1, "the filter finds the session");
        inHandler = new TaskCompletionSource<ActivitySpanId>();
        using var spans = SpanCollector.Start();

        Assert.Equal(1, await CountAsync($"$SessionId is '{handler.Id}'"));

        AssertTrace(spans, await inHandler.Task, "filter");
        await spans.EndedAsync(2 * SpansOfASide);

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

        AssertTrace(spans, await inHandler.Task, "project", branch: "X/h", processes: 1, destination: "X/h");
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

        AssertTrace(spans, await inHandler.Task, "project", branch: "X/h", processes: 1, destination: "X/h");
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

        Assert.Equal(
            [.. Names("traced/inner"), .. Names(Path)],
            spans.Chain(await inHandler.Task).Select(span => span.OperationName));

        IEnumerable<string> Names(string path) => Enumerable.Repeat($"process {path}", SpansOfASide).Concat(Enumerable.Repeat($"send {path}", SpansOfASide));
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
            ("send traced/nowhere", ActivityStatusCode.Error, "UNHANDLED_MESSAGE"), (span.OperationName, span.Status, span.GetTagItem("error.type"))));
    }

    [Fact]
    public async Task What_a_handler_throws_is_told_in_its_span_and_to_its_sender_as_what_it_is()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, (_, _, _) => throw new NotSupportedException("inside"));
        using var spans = SpanCollector.Start();

        await Assert.ThrowsAsync<CallbackException>(() => sender.AskAsync(Path));

        await spans.EndedAsync(2 * SpansOfASide);
        var errors = spans.Spans.Select(span => $"{span.OperationName[..4]} {span.GetTagItem("error.type")}").Order(StringComparer.Ordinal);
        // A gateway that has the request for a client hears what the client tells.
        Assert.Equal(
            [.. Enumerable.Repeat("proc CALLBACK_EXCEPTION", SpansOfASide - 1), "proc System.NotSupportedException", .. Enumerable.Repeat("send CALLBACK_EXCEPTION", SpansOfASide)],
            errors);
        // Nothing of the inside but the type.
        Assert.All(spans.Spans, static span => Assert.DoesNotContain("inside", span.StatusDescription, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handlers_span_lasts_as_long_as_the_handler()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var (begun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, async (_, _, _) =>
        {
            begun.SetResult();
            await mayEnd.Task;
            return "here";
        });
        using var spans = SpanCollector.Start();

        var asked = sender.AskAsync(Path);
        await begun.Task;
        Assert.All(spans.Spans, static span => Assert.False(span.IsStopped));
        mayEnd.SetResult();
        await asked;

        await spans.EndedAsync(2 * SpansOfASide);
        Assert.All(spans.Spans, static span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
    }

    [Fact]
    public async Task A_request_given_up_says_so_in_all_its_spans()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var begun = new TaskCompletionSource();
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, async (_, _, cancelled) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
            return "never";
        });
        using var spans = SpanCollector.Start();
        using var giveUp = new CancellationTokenSource();

        var asked = sender.AskAsync(Path, cancellationToken: giveUp.Token);
        await begun.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await spans.EndedAsync(2 * SpansOfASide);
        Assert.All(spans.Spans, static span => Assert.Equal("CANCELLED", span.GetTagItem("error.type")));
    }

    [Fact]
    public async Task What_a_handler_sends_when_it_has_answered_or_was_given_up_belongs_to_the_trace_side_by_side()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var (begun, sent) = (new TaskCompletionSource(), new TaskCompletionSource());
        await sender.AnswerAsync("traced/inner", "here");
        await handler.Messages.AddRequestHandlerAsync<string, string>(Path, async (_, _, cancelled) =>
        {
            begun.SetResult();
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancelled.Register(gone.SetResult);
            await gone.Task;
            await handler.AskAsync("traced/inner", cancellationToken: CancellationToken.None);
            await handler.AskAsync("traced/inner", cancellationToken: CancellationToken.None);
            sent.SetResult();
            return "never";
        });
        using var spans = SpanCollector.Start();
        using var giveUp = new CancellationTokenSource();

        var asked = sender.AskAsync(Path, cancellationToken: giveUp.Token);
        await begun.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await sent.Task;

        await spans.EndedAsync(6 * SpansOfASide);
        // Clients have theirs within the gateways'.
        var innermost = spans.Spans.Where(static span => span.OperationName == $"process {Path}").MaxBy(span => spans.Chain(span.SpanId).Count)!;
        Assert.Equal(2, spans.Spans.Count(span => span.OperationName == "send traced/inner" && span.ParentSpanId == innermost.SpanId));
    }

    [Fact]
    public async Task Listeners_that_throw_harm_no_request()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        await handler.AnswerAsync(Path, "here");
        using var spans = SpanCollector.Start();
        using var bad = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("RabbitBridge", StringComparison.Ordinal),
            ActivityStarted = Throw,
            ActivityStopped = Throw,
        };
        ActivitySource.AddActivityListener(bad);

        Assert.Equal("here", await sender.AskAsync(Path));
        Assert.Equal("here", await sender.AskAsync(Path));

        void Throw(Activity span)
        {
            // Those of other tests are not its own.
            if (span.TraceId == spans.Caller.TraceId)
                throw new NotSupportedException("a listener");
        }
    }

    private static ValueTask<string> Note(TaskCompletionSource<ActivitySpanId> inHandler)
    {
        inHandler.TrySetResult(Activity.Current?.SpanId ?? default);
        return new("here");
    }

    // What a gateway passes on for a client without handling it, such as a project message, has no span of that gateway's.
    private void AssertTrace(SpanCollector spans, ActivitySpanId inHandler, string target, string? branch = null, int? processes = null, string destination = Path)
    {
        var chain = spans.Chain(inHandler);
        Assert.Equal(
            [
                .. Enumerable.Repeat(($"process {branch ?? destination}", ActivityKind.Consumer), processes ?? SpansOfASide),
                .. Enumerable.Repeat(($"send {destination}", ActivityKind.Producer), SpansOfASide),
            ],
            chain.Select(span => (span.OperationName, span.Kind)));
        Assert.Equal(spans.Caller.SpanId, chain[^1].ParentSpanId);
        Assert.All(chain, span =>
        {
            var operation = span.OperationName.Split(' ')[0];
            Assert.Equal(spans.Caller.TraceId, span.TraceId);
            Assert.Equal(span.Source.Name == "RabbitBridge" ? System : "rabbitbridge", span.GetTagItem("messaging.system"));
            Assert.Equal(operation, span.GetTagItem("messaging.operation.name"));
            Assert.Equal(operation, span.GetTagItem("messaging.operation.type"));
            Assert.Equal(destination, span.GetTagItem("messaging.destination.name"));
            Assert.Equal(operation == "process" ? branch : null, span.GetTagItem("messaging.destination.template"));
            Assert.Equal(operation == "send" ? target : null, span.GetTagItem("rabbitbridge.send.target"));
            // Whoever goes over a network says to whom.
            var goesSomewhere = !(span.Source.Name == "RabbitBridge" && System == "rabbitbridge");
            Assert.Equal(goesSomewhere, span.GetTagItem("server.address") is string { Length: > 0 });
            Assert.Equal(goesSomewhere, span.GetTagItem("server.port") is > 0);
        });
    }
}
