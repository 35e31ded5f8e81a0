using System.Globalization;
using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>A gateway whose connections break while it is connecting comes back by itself, wherever that happens, and can be disposed of at any time. D1, N1, N2.</summary>
[Collection(BrokerGroup.Name)]
public sealed class OpeningTests(BrokerFixture broker) : BrokerTest(broker)
{
    // All of them take minutes (./bridge faults); each day has others.
    private static readonly int Step = Environment.GetEnvironmentVariable("RABBITBRIDGE_FAULTS") == "all" ? 1 : 7;

    [Fact]
    public async Task Wherever_the_network_fails_while_a_gateway_connects_it_is_back_afterwards_D1_N2()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri);
        await using var gateway = await StartBehindAsync(proxy);
        var other = await StartGatewayAsync("other");
        var (session, sender) = (gateway.OpenSession(), other.OpenSession());
        foreach (var path in new[] { "a", "b", "c/d" })
            await session.AnswerAsync(path, "answer");
        var client = await ConnectAsync();

        proxy.Arm();
        proxy.CutAll();
        await BackAsync("without a fault");
        var frames = proxy.Frames;
        // Three connections are opened, forty-odd operations done and three queues consumed.
        Assert.InRange(frames, 60, 1000);

        var first = 1 + TimeProvider.System.GetUtcNow().DayOfYear % Step;
        var faults = NetworkFault.In(FaultScope.One, FaultScope.All);
        for (var place = first; place < frames; place += Step)
        {
            var fault = faults[place / Step % faults.Length];
            // And once more, somewhere later.
            proxy.Arm((place, fault), (1 + place * 31 % frames, faults[place % faults.Length]));
            proxy.CutAll();
            await BackAsync(string.Create(CultureInfo.InvariantCulture, $"{fault} at frame {place} of {frames}"));
        }

        async Task BackAsync(string when)
        {
            await Eventually.TrueAsync(async () => RabbitMqWorld.Fabric(gateway).IsUp && await IsAnsweredAsync("c/d", when), () => $"{when}: back, {RabbitMqWorld.Fabric(gateway).LastFailure}");
            foreach (var path in new[] { "a", "b" })
                await Eventually.TrueAsync(() => IsAnsweredAsync(path, when), () => $"{when}: '{path}' is consumed");
            // What was on its way to the inbox of before may be lost, and its sender is told.
            await Eventually.TrueAsync(IsReachedAsync, () => $"{when}: the other gateway reaches it");
        }

        async Task<bool> IsReachedAsync()
        {
            try
            {
                return await sender.AskAsync("a") == "answer";
            }
            catch (CommunicationFailureException)
            {
                return false;
            }
        }

        // What the broker has written into a connection that swallows it is answered by nobody: asked again and again, until one is answered.
        async Task<bool> IsAnsweredAsync(string path, string when)
        {
            var question = $"{when}: {path}";
            await client.PublishAsync(Names.Request, path.Replace('/', '.'), Utf8(""), properties =>
            {
                (properties.ReplyTo, properties.CorrelationId, properties.ContentType) = (client.ReplyQueue, question, ContentTypes.Text);
            });
            return client.Replies.Any(reply => reply.CorrelationId == question && reply.Text == "answer");
        }
    }

    [Fact]
    public async Task A_broker_that_accepts_and_says_nothing_is_given_up_and_tried_again_N1()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri) { IsSilent = true };
        var starting = StartBehindAsync(proxy);
        await Eventually.TrueAsync(() => Log.Lines.Any(line => line.Event == "ConnectFailed" && line.Text.Contains("has not been done within 1 s", StringComparison.Ordinal)), "it is given up");
        proxy.IsSilent = false;

        await using var gateway = await starting;

        Assert.True(gateway.IsConnected);
    }

    [Fact]
    public async Task Disposing_ends_while_nothing_passes_and_nobody_is_told_N2()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri);
        var gateway = await StartBehindAsync(proxy);
        proxy.IsSilent = true;
        proxy.CutAll();
        await Eventually.TrueAsync(() => Log.Lines.Any(line => line.Event == "ConnectFailed"), "it tries to connect");

        await gateway.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_branch_that_cannot_be_consumed_is_told_and_harms_nothing_else_D7()
    {
        await using var proxy = new AmqpProxy(Rabbit.Options.Uri);
        await using var gateway = await StartBehindAsync(proxy);
        var other = await StartGatewayAsync("other");
        await gateway.OpenSession().AnswerAsync("bad", "answer");
        await gateway.OpenSession().AnswerAsync("good", "answer");
        var client = await ConnectAsync();
        var view = await LookAsync();
        var queue = Names.HandlerQueue(MessagePath.Parse("bad"));

        proxy.IsSilent = true;
        proxy.CutAll();
        await Eventually.TrueAsync(async () => await view.FindQueueAsync(queue) == 404, "the queue went with its consumer");
        // Of another kind than gateways make.
        await client.Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        proxy.IsSilent = false;

        await Eventually.TrueAsync(() => gateway.Routes.Any(route => route is { Path: "bad", Problem: not null }), "it is told in the routes");
        Assert.Contains("inequivalent arg", gateway.Routes.Single(route => route.Path == "bad").Problem, StringComparison.Ordinal);
        Assert.Null(gateway.Routes.Single(route => route.Path == "good").Problem);
        await Eventually.TrueAsync(async () => await AskPlainlyAsync("good") is "answer", "the other branch is consumed");
        foreach (var path in new[] { "good", "bad" })
            Assert.Equal("answer", await other.OpenSession().AskAsync(path));
        await gateway.OpenSession().AnswerAsync("new", "answer");
        Assert.Equal("answer", await AskPlainlyAsync("new"));

        await client.Channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false);
        await Eventually.TrueAsync(async () => await AskPlainlyAsync("bad") is "answer", "it is consumed again");
        await Eventually.TrueAsync(() => gateway.Routes.All(route => route.Problem is null), "nothing is wrong any more");
        Assert.Single(Log.Lines, line => line.Event == "BranchNotConsumed");
        // The log is written a moment after.
        await Eventually.TrueAsync(() => Log.Lines.Any(line => line.Event == "BranchConsumed"), "it is logged");
        Assert.Single(Log.Lines, line => line.Event == "BranchConsumed");

        async Task<string?> AskPlainlyAsync(string path) =>
            (await client.TryCallAsync(Names.Request, path, Utf8(""), properties => properties.ContentType = ContentTypes.Text))?.Text;
    }

    [Fact]
    public async Task Of_many_branches_some_are_consumed_after_they_are_registered_and_all_are_in_the_end()
    {
        const int branches = 400;
        var (a, b) = await StartTwoAsync();
        var session = a.OpenSession();

        await Task.WhenAll(Enumerable.Range(0, branches).Select(number => session.AnswerAsync($"many/{number}", "answer")));

        for (var number = 0; number < branches; number++)
            Assert.Equal("answer", await b.OpenSession().AskAsync($"many/{number}"));
        var client = await ConnectAsync();
        for (var number = 0; number < branches; number++)
        {
            await Eventually.TrueAsync(
                async () => (await client.TryCallAsync(Names.Request, $"many.{number}", Utf8(""), properties => properties.ContentType = ContentTypes.Text))?.Text == "answer",
                $"branch {number} is consumed");
        }

        await session.CloseAsync();
        var view = await LookAsync();
        foreach (var number in new[] { 0, branches - 1 })
            await Eventually.TrueAsync(async () => await view.FindQueueAsync(Names.HandlerQueue(MessagePath.Parse($"many/{number}"))) == 404, "the queues are gone");
    }

    private async Task<IGateway> StartBehindAsync(AmqpProxy proxy)
    {
        var gateway = RabbitMqGateway.Create(
            new GatewayOptions { Name = "behind", DrainTimeout = TimeSpan.Zero },
            new RabbitMqOptions
            {
                Uri = proxy.Uri,
                Prefix = Rabbit.Options.Prefix,
                OperationTimeout = TimeSpan.FromSeconds(1),
                Heartbeat = TimeSpan.FromSeconds(1),
                MaxReconnectDelay = TimeSpan.FromMilliseconds(100),
            },
            logger: Log);
        await gateway.StartAsync();
        return gateway;
    }
}
