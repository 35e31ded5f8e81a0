namespace RabbitBridge.ContractTests;

/// <summary>Handlers that take so many requests at once.</summary>
public abstract class HandlerTurnsContract(IFabricWorld world) : FabricContract(world)
{
    [Fact]
    public async Task A_handler_has_so_many_requests_at_once_and_the_others_wait()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held, new RequestHandlerOptions { MaxConcurrency = 2 });
        var asked = new List<Task<string>>();
        for (var i = 0; i < 5; i++)
        {
            asked.Add(sender.AskAsync("held", $"{i}"));
        }

        for (var i = 0; i < 5; i++)
        {
            await held.ReceiveAsync(Math.Min(i + 2, 5));
            Assert.True(held.Requests.Count <= i + 2, $"{held.Requests.Count} requests after {i} answers");
            held.Requests[i].Responder.Respond(held.Requests[i].Text);
        }

        Assert.Equal(["0", "1", "2", "3", "4"], await Task.WhenAll(asked));
    }

    [Fact]
    public async Task Beyond_what_may_wait_a_request_is_OVERLOADED_at_once()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held, new RequestHandlerOptions { MaxConcurrency = 1, MaxWaiting = 0 });
        var first = sender.AskAsync("held", "first");
        await held.ReceiveAsync();

        var error = await Assert.ThrowsAsync<OverloadedException>(() => sender.AskAsync("held", "second"));

        Assert.Contains("MaxConcurrency", error.Message, StringComparison.Ordinal);
        held.AnswerAll("done");
        Assert.Equal("done", await first);
        var third = sender.AskAsync("held", "third");
        (await held.ReceiveAsync(2)).Responder.Respond("done");
        Assert.Equal("done", await third);
    }

    [Fact]
    public async Task A_request_whose_time_is_over_while_it_waits_is_never_begun_and_leaves_its_place()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held, new RequestHandlerOptions { MaxConcurrency = 1, MaxWaiting = 1 });
        var first = sender.AskAsync("held", "first");
        await held.ReceiveAsync();
        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("held", "late", new RequestOptions { Timeout = TimeSpan.FromMilliseconds(100) }));

        var second = sender.AskAsync("held", "second");
        (await held.ReceiveAsync()).Responder.Respond("done");
        (await held.ReceiveAsync(2)).Responder.Respond("done");

        Assert.Equal(["done", "done"], await Task.WhenAll(first, second));
        Assert.Equal(["first", "second"], held.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task A_function_that_goes_on_after_its_request_was_given_up_keeps_its_turn()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (running, most) = (0, 0);
        await handler.Messages.AddRequestHandlerAsync<string, string>(
            "slow",
            async (text, _, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                begun.TrySetResult();
                await released.Task;
                Interlocked.Decrement(ref running);
                return text;
            },
            new RequestHandlerOptions { MaxConcurrency = 1 });
        using var stop = new CancellationTokenSource();
        var first = sender.AskAsync("slow", "first", cancellationToken: stop.Token);
        await begun.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = sender.AskAsync("slow", "second");
        await Assert.ThrowsAsync<RequestTimeOutException>(() => sender.AskAsync("slow", "third", new RequestOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.False(second.IsCompleted);
        released.SetResult();

        Assert.Equal("second", await second);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task When_the_session_closes_those_that_wait_end_too()
    {
        var (handler, sender) = await StartPairAsync(local: false);
        var held = new HoldingHandler();
        await handler.Messages.AddRequestHandlerAsync("held", (IRequestHandler<string, string>)held, new RequestHandlerOptions { MaxConcurrency = 1 });
        var asked = Enumerable.Range(0, 3).Select(number => sender.AskAsync("held", $"{number}")).ToArray();
        await held.ReceiveAsync();

        await handler.CloseAsync();

        Assert.Single(held.Requests);
        foreach (var each in asked)
        {
            // A request that comes after the close finds nobody.
            var reason = (await Assert.ThrowsAnyAsync<MessagingException>(() => each)).Reason;
            Assert.True(reason is ErrorReason.SessionClosed or ErrorReason.UnhandledMessage, $"{reason}");
        }
    }
}
