using System.Collections.Concurrent;

namespace RabbitBridge.ContractTests;

/// <summary>Handlers come and go while requests run: each request is answered by a handler that was legal for it.</summary>
public abstract class HandlerChangesContract(IFabricWorld world) : FabricContract(world)
{
    private const int Changes = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_fails_while_a_more_specific_handler_comes_and_goes(bool nearTheSenders)
    {
        var (a, b, c) = await StartThreeAsync();
        await a.OpenSession().AnswerAsync("a", "branch");
        var changing = (nearTheSenders ? c : b).OpenSession();
        var senders = new[] { a.OpenSession(), c.OpenSession() };

        await using var load = new Load(senders, "a/b/c");
        for (var i = 0; i < Changes; i++)
        {
            var registration = await changing.AnswerAsync("a/b", "leaf");
            await load.MakesProgressAsync();
            foreach (var sender in senders)
                Assert.Equal("leaf", await sender.AskAsync("a/b/c"));

            await registration.CloseAsync();
            await load.MakesProgressAsync();
            foreach (var sender in senders)
                Assert.Equal("branch", await sender.AskAsync("a/b/c"));
        }

        await load.StopAsync();
        Assert.Empty(load.Errors);
        Assert.Equal(["branch", "leaf"], load.Answers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_request_fails_while_one_of_two_gateways_shares_a_branch_by_turns()
    {
        var (a, b, c) = await StartThreeAsync();
        await a.OpenSession().AnswerAsync("a", "constant");
        var changing = b.OpenSession();

        await using var load = new Load([c.OpenSession(), b.OpenSession()], "a/b");
        for (var i = 0; i < Changes; i++)
        {
            await using var registration = await changing.AnswerAsync("a", "changing");
            await load.MakesProgressAsync();
        }

        await load.StopAsync();
        Assert.Empty(load.Errors);
        Assert.Equal(["changing", "constant"], load.Answers.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>Sends requests without a pause, and counts who answered.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _senders;
        private long _sent;

        public Load(IEnumerable<ISession> senders, string path) =>
            _senders = Task.WhenAll(senders.SelectMany(sender => new[] { RunAsync(sender, path), RunAsync(sender, path) }));

        public ConcurrentDictionary<string, int> Answers { get; } = new();

        public ConcurrentQueue<string> Errors { get; } = new();

        public async Task MakesProgressAsync()
        {
            var before = Interlocked.Read(ref _sent);
            await Eventually.TrueAsync(() => Interlocked.Read(ref _sent) >= before + 8 || !Errors.IsEmpty, "more requests were answered");
        }

        public async Task StopAsync()
        {
            await _stopping.CancelAsync();
            await _senders;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stopping.Dispose();
        }

        private async Task RunAsync(ISession sender, string path)
        {
            await Task.Yield();
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    Answers.AddOrUpdate(await sender.AskAsync(path), 1, (_, count) => count + 1);
                }
                catch (MessagingException exception)
                {
                    Errors.Enqueue($"{exception.Reason}: {exception.Message}");
                }

                Interlocked.Increment(ref _sent);
            }
        }
    }
}
