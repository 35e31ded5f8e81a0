using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Limits;

/// <summary>After much coming and going everything is where it began: tables, queues, routes and memory.</summary>
[Collection(AloneGroup.Name)]
public sealed class ReturnToStartTests(BrokerFixture broker) : BrokerTest(broker)
{
    // 80 bytes for each of a hundred thousand requests would be seen; a call that is kept has several hundred. Frames and
    // arrays that are kept to be used again level off below.
    private const int AllowedGrowth = 8 * 1024 * 1024;

    [Fact]
    public async Task Ten_thousand_sessions_leave_nothing_behind()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().AnswerAsync("echo", "answer");
        var sender = b.OpenSession();
        var view = await LookAsync();

        await RoundsAsync(2000);
        var before = MemoryInUse.Bytes();
        await RoundsAsync(10_000);

        Assert.Equal((1, 1), (a.SessionCount, b.SessionCount));
        Assert.Equal((0, 0), (a.PendingRequests, b.PendingRequests));
        foreach (var gateway in new[] { a, b })
            Assert.Equal(["echo"], gateway.Routes.Select(route => route.Path));
        for (var i = 0; i < 8; i++)
        {
            var queue = Names.HandlerQueue(MessagePath.Parse($"own/{i}"));
            // The broker deletes it after it has confirmed that its last consumer is gone.
            await Eventually.TrueAsync(async () => await view.FindQueueAsync(queue) == 404, $"{queue} is gone");
        }

        Assert.Equal((0u, 1u), await view.CountAsync(Names.HandlerQueue(MessagePath.Parse("echo"))));
        Assert.Equal("answer", await sender.AskAsync("echo"));
        await MemoryInUse.AssertBackAsync(before, AllowedGrowth);

        // Each session has a stream; many ask and are asked, and now and then one registers a handler: a queue that comes and goes.
        async Task RoundsAsync(int sessions)
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, sessions), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, token) =>
            {
                await using var session = (number % 2 == 0 ? a : b).OpenSession(new SessionOptions { Principal = $"user {number}" });
                session.AnswerOnStream("stream", "streamed");
                if (number % 5 == 0)
                {
                    Assert.Equal("answer", await session.AskAsync("echo", cancellationToken: token));
                    Assert.Equal("streamed", await sender.AskAsync(session.Id, "stream", cancellationToken: token));
                }

                if (number % 100 == 0)
                    await session.AnswerAsync($"own/{number / 100 % 8}", "own");
            });
        }
    }

    [Fact]
    public async Task A_hundred_thousand_timed_out_requests_leave_nothing_behind()
    {
        var (a, b) = await StartTwoAsync();
        var cancelled = 0;
        await a.OpenSession().Messages.AddRequestHandlerAsync("silent", new RespondingHandler<string, string>((_, responder) =>
            responder.CancellationToken.UnsafeRegister(_ => Interlocked.Increment(ref cancelled), null)));
        await a.OpenSession().AnswerAsync("echo", "answer");
        var sender = b.OpenSession();
        var limit = new RequestOptions { Timeout = TimeSpan.FromMilliseconds(30) };

        // As many before as are measured: what is kept to be used again, such as frames and arrays, is there by then.
        await RoundsAsync(50);
        var before = MemoryInUse.Bytes();
        await RoundsAsync(50);

        Assert.Equal((0, 0), (a.PendingRequests, b.PendingRequests));
        // Every responder that got its request was told, whether it came in time or after it.
        await Eventually.TrueAsync(
            () => RabbitMqWorld.Fabric(a).CurrentEpoch!.Links.Link(Inbox(b)).Incoming.Count == 0, "no request is left at the handling gateway");
        Assert.True(Volatile.Read(ref cancelled) > 0);
        Assert.Equal("answer", await sender.AskAsync("echo"));
        await MemoryInUse.AssertBackAsync(before, AllowedGrowth);

        async Task RoundsAsync(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                var calls = Enumerable.Range(0, 2000).Select(_ => sender.AskAsync("silent", options: limit)).ToArray();
                foreach (var call in calls)
                    await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
            }
        }
    }
}
