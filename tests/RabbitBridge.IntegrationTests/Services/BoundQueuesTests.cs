using RabbitBridge.ContractTests;
using RabbitBridge.Gateways;
using RabbitBridge.RabbitMq.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests.Services;

/// <summary>Queues that services have bound by themselves, at a broker whose management API the gateways may ask (D18).</summary>
public sealed class BoundQueuesTests(ManagedNode node) : IClassFixture<ManagedNode>, IAsyncLifetime
{
    private readonly CapturingLogger _log = new();
    private readonly List<IAsyncDisposable> _own = [];
    private RabbitMqOptions _options = null!;
    private PlainClient _service = null!;

    private Names Names => new(_options.Prefix);

    public async Task InitializeAsync()
    {
        if (NodeFactAttribute.WhyNot is not null)
            return;
        _options = node.Options();
        _service = await PlainClient.ConnectAsync(node.Broker.AmqpUri);
        _own.Add(_service);
    }

    public async Task DisposeAsync()
    {
        foreach (var each in Enumerable.Reverse(_own))
            await each.DisposeAsync();
    }

    [NodeFact]
    public async Task A_queue_at_a_level_is_found_and_the_most_specific_one_wins_for_sessions_too_D18()
    {
        var (a, b) = (await StartAsync("a", _options), await StartAsync("b", Without()));
        await a.OpenSession().AnswerAsync("shop", "handled");
        var queue = await BindAsync(2, "shop.orders.#", "served");
        // Whoever knows of nobody else goes by the handler.
        Assert.Equal("handled", await b.OpenSession().AskAsync("shop/orders/1"));

        await FindAsync(a);

        foreach (var gateway in new[] { a, b })
        {
            Assert.Equal("served", await gateway.OpenSession().AskAsync("shop/orders/1"));
            Assert.Equal("handled", await gateway.OpenSession().AskAsync("shop/x"));
            var route = Assert.Single(gateway.Routes, static route => route.Path == "shop/orders");
            Assert.Equal((queue, ServiceState.Served, 1), (route.Service!.Options.Queue, route.Service.State, route.Service.Consumers));
        }

        Assert.Equal((true, false), (a.Services.FindsBoundQueues, b.Services.FindsBoundQueues));
        var error = await Assert.ThrowsAsync<IncompatibleStateException>(() => a.Services.RemoveAsync("shop/orders"));
        Assert.Contains("by itself", error.Message, StringComparison.Ordinal);

        await _service.Channel.QueueUnbindAsync(queue, Names.Level(2), "shop.orders.#");
        await FindAsync(a);
        Assert.Equal("handled", await b.OpenSession().AskAsync("shop/orders/1"));
        Assert.Empty(a.Services.All);
    }

    [NodeFact]
    public async Task A_gateway_that_stops_leaves_the_service_its_binding_and_what_it_has_given_itself_is_no_find()
    {
        var a = await StartAsync("a", _options);
        await BindAsync(1, "found.#", "served");
        var given = await BindAsync(null, null, "given");
        await a.Services.AddAsync(new ServiceOptions { Path = "given", Queue = given, ContentType = ContentTypes.Text });
        var b = await StartAsync("b", _options);
        await FindAsync(a);
        await FindAsync(b);

        // Whoever was first: the other would otherwise lose it for ten seconds when that one stops.
        Assert.Equal(["found", "given"], a.Services.All.Select(static service => service.Options.Path));
        Assert.Equal(["found"], b.Services.All.Select(static service => service.Options.Path));
        Assert.Equal(ContentTypes.Text, a.Services.All[1].Options.ContentType);
        Assert.All(a.Services.All, static service => Assert.Equal(ServiceState.Served, service.State));

        await a.StopAsync();
        await b.StopAsync();
        Assert.Equal("served", (await _service.CallAsync(Names.Request, "found.x", default)).Text);
        Assert.False(await _service.PublishAsync(Names.Request, "given", default));
    }

    [NodeFact]
    public async Task What_stands_for_no_branch_is_told_once()
    {
        var a = await StartAsync("a", _options);
        await BindAsync(2, "a.*.#", "wild");
        await BindAsync(2, "a.b", "exact");
        await BindAsync(3, "a.b.#", "elsewhere");
        var (first, second) = (await BindAsync(1, "twice.#", "one"), await BindAsync(1, "twice.#", "two"));
        await _service.Channel.ExchangeDeclareAsync($"{_options.Prefix}x", ExchangeType.Fanout, durable: false, autoDelete: true);
        await _service.Channel.ExchangeBindAsync($"{_options.Prefix}x", Names.Level(1), "exchange.#");
        await BindAsync(0, "#", "root");

        await FindAsync(a);
        await FindAsync(a);

        string[] told = [.. _log.Lines.Where(static line => line.Event == "BoundQueueNotSeen").Select(static line => line.Text)];
        Assert.Equal(5, told.Length);
        foreach (var text in new[] { "'a.*.#'", "by 'a.b':", "'a.b.#'", $"'{first}'", $"'{second}'", "the exchange" })
            Assert.Contains(told, line => line.Contains(text, StringComparison.Ordinal));
        Assert.Equal(["/", "twice"], a.Services.All.Select(static service => service.Options.Path));
        Assert.Equal("root", await a.OpenSession().AskAsync("a/b/c"));
    }

    [NodeFact]
    public async Task An_API_that_does_not_answer_or_refuses_the_user_is_told_and_harms_nothing()
    {
        using var nobody = new RefusingPort();
        _options.Management = new Uri($"http://127.0.0.1:{nobody.Number}");
        var a = await StartAsync("a", _options);
        await FindAsync(a);
        var strange = Without();
        strange.Management = new UriBuilder(node.Management) { UserName = "nobody", Password = "secret" }.Uri;
        var b = await StartAsync("b", strange);
        await FindAsync(b);

        Assert.Contains(_log.Lines, line => line.Event == "BoundQueueNotSeen" && line.Text.Contains($"127.0.0.1:{nobody.Number} does not answer", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, static line => line.Event == "BoundQueueNotSeen" && line.Text.Contains("answers 401: the user 'nobody' needs the tag management", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, static line => line.Text.Contains("secret", StringComparison.Ordinal));
        await a.OpenSession().AnswerAsync("a", "handled");
        Assert.Equal("handled", await b.OpenSession().AskAsync("a"));
    }

    private RabbitMqOptions Without() => new() { Uri = _options.Uri, Prefix = _options.Prefix };

    private async Task<IGateway> StartAsync(string name, RabbitMqOptions options)
    {
        var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = name }, options, logger: _log);
        _own.Add(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    private static async Task FindAsync(IGateway gateway)
    {
        var services = ((GatewayEngine)gateway).Services;
        await services.FindAsync(CancellationToken.None);
        await services.LookAsync(CancellationToken.None);
    }

    private async Task<string> BindAsync(int? level, string? key, string answer)
    {
        var queue = (await _service.Channel.QueueDeclareAsync($"{_options.Prefix}-service-{Guid.NewGuid():N}", durable: true, exclusive: false, autoDelete: true)).QueueName;
        var consumer = new AsyncEventingBasicConsumer(_service.Channel);
        consumer.ReceivedAsync += (_, request) => _service.AnswerAsync(request.BasicProperties, answer);
        await _service.Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        if (level is { } depth)
            await _service.Channel.QueueBindAsync(queue, Names.Level(depth), key!);
        return queue;
    }
}
