namespace RabbitBridge.ContractTests;

public abstract class RoutingPreferenceContract(IFabricWorld world) : FabricContract(world)
{
    [Fact]
    public async Task MostSpecific_takes_the_most_specific_handler_and_a_local_one_among_equals()
    {
        var (a, b) = await StartTwoAsync(options => options.Routing = RoutingPreference.MostSpecific);
        await RegisterAsync(a, b);
        var sender = b.OpenSession();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("b", await sender.AskAsync("a/x"));
            Assert.Equal("a/b at a", await sender.AskAsync("a/b"));
        }
    }

    [Fact]
    public async Task LocalFirst_takes_any_local_match_before_a_more_specific_one_elsewhere()
    {
        var (a, b) = await StartTwoAsync(options => options.Routing = RoutingPreference.LocalFirst);
        await RegisterAsync(a, b);
        await a.OpenSession().AnswerAsync("remote", "only a");
        var sender = b.OpenSession();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("b", await sender.AskAsync("a/x"));
            Assert.Equal("b", await sender.AskAsync("a/b"));
            Assert.Equal("only a", await sender.AskAsync("remote"));
        }
    }

    [Fact]
    public async Task Balanced_shares_among_equals_and_still_takes_the_most_specific_handler()
    {
        var (a, b) = await StartTwoAsync(options => options.Routing = RoutingPreference.Balanced);
        await RegisterAsync(a, b);
        var sender = b.OpenSession();

        var answers = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            answers.Add(await sender.AskAsync("a/x"));
            Assert.Equal("a/b at a", await sender.AskAsync("a/b"));
        }

        Assert.Equal(["a", "b"], answers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Balanced_gives_each_gateway_its_share_of_outstanding_requests()
    {
        var (a, b) = await StartTwoAsync(options => options.Routing = RoutingPreference.Balanced);
        var handlers = new[] { new HoldingHandler(), new HoldingHandler() };
        await a.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)handlers[0]);
        await b.OpenSession().Messages.AddRequestHandlerAsync("shared", (IRequestHandler<string, string>)handlers[1]);
        var sender = b.OpenSession();

        var calls = new List<Task<string>>();
        for (var number = 1; number <= 10; number++)
        {
            calls.Add(sender.AskAsync("shared"));
            await Eventually.TrueAsync(() => handlers.Sum(handler => handler.Requests.Count) == number, $"request {number} has arrived");
        }

        Assert.All(handlers, handler => Assert.Equal(5, handler.Requests.Count));
        foreach (var handler in handlers)
            handler.AnswerAll("done");
        await Task.WhenAll(calls);
    }

    // The same branch in both gateways, and a more specific one in the first.
    private static async Task RegisterAsync(IGateway a, IGateway b)
    {
        await a.OpenSession().AnswerAsync("a", "a");
        await b.OpenSession().AnswerAsync("a", "b");
        await a.OpenSession().AnswerAsync("a/b", "a/b at a");
    }
}
