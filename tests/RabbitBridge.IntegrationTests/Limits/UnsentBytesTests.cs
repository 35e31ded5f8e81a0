using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Limits;

/// <summary>What a gateway holds until the broker has taken it is bounded by its bytes.</summary>
[Collection(BrokerGroup.Name)]
public sealed class UnsentBytesTests(BrokerFixture broker) : BrokerTest(broker, options => (options.MaxUnsentBytes, options.FramesInFlight) = (1024 * 1024, 1))
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_finds_no_room_is_refused_at_once_and_all_room_comes_back(bool redelivery)
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (text, _, _) => new($"{text.Length}"), new RequestHandlerOptions { Redelivery = redelivery });
        var sender = b.OpenSession();

        var refused = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var call in Enumerable.Range(0, 1000).Select(_ => sender.AskAsync("a", new string('x', 10_000))).ToArray())
                {
                    if (await Record.ExceptionAsync(() => call) is not { } error)
                        Assert.Equal("10000", await call);
                    else if (Assert.IsType<OverloadedException>(error).Message.Contains("MaxUnsentBytes", StringComparison.Ordinal))
                        refused++;
                }

                return refused > 0;
            },
            "a request is refused");

        // Larger than all that may wait: it goes if nothing else is there.
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => sender.AskAsync("a", new string('x', 1_500_000))) is null, "all room is back");
        var budget = RabbitMqWorld.Fabric(b).CurrentEpoch!.Publisher.Budget;
        await Eventually.TrueAsync(() => budget.Taken == 0, "nothing is charged any more");
    }

    [Fact]
    public async Task An_answer_that_finds_no_room_ends_as_OVERLOADED()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held);
        var sender = b.OpenSession();
        var calls = Enumerable.Range(0, 500).Select(_ => sender.AskAsync("a")).ToArray();
        await held.ReceiveAsync(500);

        held.AnswerAll(new string('x', 100_000));

        var errors = await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call)));
        Assert.All(errors, error => Assert.True(error is null or OverloadedException, $"{error}"));
        Assert.Contains(errors, error => error is not null);
        Assert.Contains(errors, error => error is null);
    }
}
