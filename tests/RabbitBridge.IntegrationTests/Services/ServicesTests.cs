using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using RabbitBridge.ContractTests;
using RabbitBridge.Gateways;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitBridge.IntegrationTests.Services;

/// <summary>Existing services, which have a queue of their own and know nothing of bridges, under paths that gateways give them.</summary>
[Collection(BrokerGroup.Name)]
public sealed class ServicesTests(BrokerFixture broker) : BrokerTest(broker)
{
    private readonly string _queue = $"service-{Guid.NewGuid():N}";

    public override async Task DisposeAsync()
    {
        var client = await ConnectAsync();
        foreach (var queue in new[] { _queue, $"{_queue}-1" })
            await client.Channel.QueueDeleteAsync(queue);
        await client.Channel.ExchangeDeleteAsync(_queue);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task The_service_of_the_RPC_tutorial_is_reached_from_every_gateway_and_by_plain_callers()
    {
        var (a, b) = await StartTwoAsync();
        await ServeTutorialAsync();
        await a.Services.AddAsync(new ServiceOptions { Path = "math/fib", Queue = _queue, ContentType = ContentTypes.Int64 });

        Assert.Equal(832040, await a.OpenSession().Messages.SendRequestAsync<long, long>("math/fib", 30));
        Assert.Equal(55, await b.OpenSession().Messages.SendRequestAsync<long, long>("math/fib/below", 10));
        // The number is a text, too, and the service's answer has no content type.
        Assert.Equal(21, await b.OpenSession().Messages.SendRequestAsync<string, long>("math/fib", "8"));
        Assert.Equal("13", (await (await ConnectAsync()).CallAsync(Names.Request, "math.fib", Utf8("7"))).Text);

        foreach (var gateway in new[] { a, b })
        {
            var route = Assert.Single(gateway.Routes);
            Assert.Equal(("math/fib", _queue, ServiceState.Served, 1), (route.Path, route.Service!.Options.Queue, route.Service.State, route.Service.Consumers));
        }
    }

    [Fact]
    public async Task A_service_goes_before_less_specific_handlers_and_behind_more_specific_ones()
    {
        var (a, b) = await StartTwoAsync();
        await ServeAsync(request => $"service {Header(request, "rb-path")}");
        await a.Services.AddAsync(new ServiceOptions { Path = "x/y", Queue = _queue });
        await b.OpenSession().AnswerAsync("x", "handler of x");
        await b.OpenSession().AnswerAsync("x/y/z", "handler of x/y/z");
        var caller = await ConnectAsync();

        foreach (var gateway in new[] { a, b })
        {
            var session = gateway.OpenSession();
            Assert.Equal(["handler of x", "service x/y", "service x/y/a", "handler of x/y/z"],
                await Task.WhenAll(session.AskAsync("x"), session.AskAsync("x/y"), session.AskAsync("x/y/a"), session.AskAsync("x/y/z")));
        }

        Assert.Equal("handler of x/y/z", (await caller.CallAsync(Names.Request, "x.y.z", Utf8(""), properties => properties.ContentType = ContentTypes.Text)).Text);
    }

    [Fact]
    public async Task A_path_has_either_handlers_or_one_service()
    {
        var (a, b) = await StartTwoAsync();
        await ServeAsync(_ => "");
        var handler = await b.OpenSession().AnswerAsync("taken", "by a handler");
        await a.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue });

        var taken = await Assert.ThrowsAsync<HandlerConflictException>(() => a.Services.AddAsync(new ServiceOptions { Path = "taken", Queue = _queue }));
        Assert.Contains("Sessions have handlers on 'taken', at the gateway b", taken.Message, StringComparison.Ordinal);
        foreach (var gateway in new[] { a, b })
        {
            var served = await Assert.ThrowsAsync<HandlerConflictException>(() => gateway.OpenSession().AnswerAsync("served", "by a handler"));
            Assert.Contains($"'served' belongs to an existing service, the queue '{_queue}'{(gateway == a ? "" : ", at the gateway a")}; a path", served.Message, StringComparison.Ordinal);
            var redelivered = await Assert.ThrowsAsync<HandlerConflictException>(
                () => gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>("served", (_, _, _) => new(""), new RequestHandlerOptions { Redelivery = true }));
            Assert.Contains("belongs to an existing service", redelivered.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<HandlerConflictException>(() => a.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue }));
        await Assert.ThrowsAsync<HandlerConflictException>(() => b.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue, ContentType = ContentTypes.Text }));
        // The same service may have the path at several gateways.
        await b.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue });
        await handler.CloseAsync();
        await a.Services.AddAsync(new ServiceOptions { Path = "taken", Queue = _queue });
    }

    [Fact]
    public async Task Whoever_takes_a_path_at_the_same_moment_no_request_reaches_two()
    {
        const int Rounds = 60;
        // What is lost on the way holds its time, and the end of the test.
        var (a, b, c) = await StartThreeAsync(options => options.RequestTimeout = TimeSpan.FromSeconds(10));
        IGateway[] gateways = [a, b, c];
        var executed = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var queues = new List<string>();
        for (var number = 0; number < 2; number++)
        {
            var queue = queues.Count == 0 ? _queue : $"{_queue}-{number}";
            queues.Add(queue);
            await ServeAsync(request => Executed(Encoding.UTF8.GetString(request.Body.Span)), queue);
        }

        using var over = new CancellationTokenSource();
        var (asked, answered, lost) = (0, 0, 0);
        var asking = Task.Run(async () =>
        {
            var client = await ConnectAsync();
            for (; !over.IsCancellationRequested; asked++)
            {
                var call = client.TryCallAsync(Names.Request, "x.y", Utf8($"{asked}"), properties => properties.ContentType = ContentTypes.Text);
                // A request that the broker routes to a queue in the moment in which that goes with its last consumer is confirmed, and in nobody's hands; one at most each time.
                if (await Task.WhenAny(call, Task.Delay(TimeSpan.FromSeconds(2))) == call)
                    answered += await call is { Status: not "error" } ? 1 : 0;
                else
                    lost++;
            }
        });
        var random = new Random(20_261_129);
        var won = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            // A request that is lost holds up the next for two seconds, in which all rounds may be over.
            for (var round = 0; round < Rounds || Volatile.Read(ref answered) == 0; round++)
            {
                // Three at a time, of which two are services or all handlers: those share the path, these exclude each other and them.
                var kinds = random.GetItems(["handler", queues[0], queues[1]], 3);
                random.Shuffle(gateways);
                var taken = await Task.WhenAll(kinds.Zip(gateways, TakeAsync));
                var winners = kinds.Zip(taken).Where(static each => each.Second is not null).Select(static each => each.First).Distinct().ToArray();
                Assert.True(winners.Length <= 1, $"Round {round}: {string.Join(" and ", winners)} have the path at once, of {string.Join(", ", kinds)}.");
                foreach (var winner in winners)
                    won[winner] = won.GetValueOrDefault(winner) + 1;
                await Task.WhenAll(taken.OfType<Func<Task>>().Select(release => release()));
            }
        }
        finally
        {
            await over.CancelAsync();
            await asking;
        }

        Assert.True(executed.Values.All(static count => count == 1), $"Of {asked} requests some were executed more than once: {string.Join(", ", executed.Where(static each => each.Value > 1))}.");
        Assert.True(lost <= won.GetValueOrDefault("handler"), $"{lost} of {asked} requests were lost; handlers have left the path {won.GetValueOrDefault("handler")} times.");
        Assert.True(answered > 0, $"None of {asked} requests was answered.");
        Assert.True(won.Count == 3, $"In {Rounds} rounds only {string.Join(", ", won)} have won.");

        string Executed(string request)
        {
            executed.AddOrUpdate(request, 1, static (_, count) => count + 1);
            return request;
        }

        async Task<Func<Task>?> TakeAsync(string kind, IGateway gateway)
        {
            try
            {
                if (kind != "handler")
                {
                    await gateway.Services.AddAsync(new ServiceOptions { Path = "x", Queue = kind });
                    return () => gateway.Services.RemoveAsync("x");
                }

                var registration = await gateway.OpenSession().Messages.AddRequestHandlerAsync<string, string>("x", (text, _, _) => new(Executed(text)));
                return () => registration.CloseAsync();
            }
            catch (HandlerConflictException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_removed_service_is_gone_for_sessions_and_plain_callers_once_no_gateway_has_it()
    {
        var (a, b) = await StartTwoAsync();
        await ServeAsync(_ => "served");
        var service = new ServiceOptions { Path = "x", Queue = _queue };
        await a.Services.AddAsync(service);
        await b.Services.AddAsync(service);
        var caller = await ConnectAsync();

        Assert.True(await a.Services.RemoveAsync("x"));
        Assert.False(await a.Services.RemoveAsync("x"));
        Assert.Equal("served", await a.OpenSession().AskAsync("x"));
        Assert.Equal("served", (await caller.CallAsync(Names.Request, "x", default)).Text);

        await b.StopAsync();
        await Eventually.TrueAsync(() => a.Routes.Count == 0, "the other gateway has left");
        await Assert.ThrowsAsync<UnhandledMessageException>(() => a.OpenSession().AskAsync("x"));
        Assert.False(await caller.PublishAsync(Names.Request, "x", default));
    }

    [Fact]
    public async Task Gateways_that_stop_at_once_leave_no_binding()
    {
        await ServeAsync(_ => "served");
        var caller = await ConnectAsync();
        for (var round = 0; round < 5; round++)
        {
            var (a, b) = await StartTwoAsync();
            await Task.WhenAll(new[] { a, b }.Select(gateway => gateway.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue })));
            Assert.Equal("served", (await caller.CallAsync(Names.Request, "x", default)).Text);

            await Task.WhenAll(a.StopAsync(), b.StopAsync());

            Assert.False(await caller.PublishAsync(Names.Request, "x", default));
        }
    }

    [Fact]
    public async Task A_service_that_is_down_leaves_its_callers_without_a_handler_until_it_is_back()
    {
        var (a, b) = await StartTwoAsync();
        var service = await ServeAsync(_ => "served");
        await a.Services.AddAsync(new ServiceOptions { Path = "x/y", Queue = _queue });
        // Whoever meant the service is not answered by somebody else.
        await a.OpenSession().AnswerAsync("x", "handled");
        await service.DisposeAsync();
        await LookUntilAsync(a, ServiceState.Idle);

        foreach (var gateway in new[] { a, b })
        {
            var error = await Assert.ThrowsAsync<UnhandledMessageException>(() => gateway.OpenSession().AskAsync("x/y"));
            Assert.Contains($"Nobody consumes the queue '{_queue}'", error.Message, StringComparison.Ordinal);
        }

        await ServeAsync(_ => "served");
        await LookUntilAsync(a, ServiceState.Served);
        foreach (var gateway in new[] { a, b })
            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => gateway.OpenSession().AskAsync("x/y")) is null, "the service is reached");
    }

    [Fact]
    public async Task Requests_wait_for_a_service_that_is_down_where_its_options_say_so()
    {
        var a = await StartGatewayAsync("a");
        var service = await ServeAsync(_ => "served");
        await a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue, TimeLimit = TimeSpan.FromSeconds(2), WaitForConsumers = true });
        var session = a.OpenSession();
        Assert.Equal("served", await session.AskAsync("x"));

        await service.DisposeAsync();

        await LookUntilAsync(a, ServiceState.Idle);
        Assert.Equal(0, Assert.Single(a.Routes).Service!.Consumers);
        await Assert.ThrowsAsync<RequestTimeOutException>(
            () => session.AskAsync("x", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan }).WaitAsync(Eventually.Limit));

        // What nobody took in time is not executed when the service is back.
        var late = 0;
        await ServeAsync(_ => $"served {Interlocked.Increment(ref late)}");
        await LookUntilAsync(a, ServiceState.Served);
        Assert.Equal("served 1", await session.AskAsync("x"));
    }

    [Fact]
    public async Task A_kept_service_comes_and_goes_with_its_queue()
    {
        var (a, b) = await StartTwoAsync();
        a.Services.Keep(new ServiceOptions { Path = "x", Queue = _queue });
        var session = b.OpenSession();
        await Assert.ThrowsAsync<UnhandledMessageException>(() => session.AskAsync("x"));
        await LookUntilAsync(a, ServiceState.Missing);

        await ServeAsync(_ => "served");
        await LookUntilAsync(a, ServiceState.Served);
        Assert.Equal("served", await session.AskAsync("x"));

        await (await ConnectAsync()).Channel.QueueDeleteAsync(_queue);
        await Assert.ThrowsAsync<UnhandledMessageException>(() => session.AskAsync("x"));
        await LookUntilAsync(a, ServiceState.Missing);
        Assert.Empty(b.Routes);
    }

    [Fact]
    public async Task A_kept_service_yields_to_handlers_until_they_leave()
    {
        var a = await StartGatewayAsync("a");
        await ServeAsync(_ => "served");
        var handler = await a.OpenSession().AnswerAsync("x", "handled");
        a.Services.Keep(new ServiceOptions { Path = "x", Queue = _queue });

        await LookUntilAsync(a, ServiceState.Conflict);
        Assert.Equal("handled", await a.OpenSession().AskAsync("x"));
        await handler.CloseAsync();
        await LookUntilAsync(a, ServiceState.Served);
        Assert.Equal("served", await a.OpenSession().AskAsync("x"));
    }

    [Fact]
    public async Task A_service_that_yields_gets_no_requests_of_plain_callers_either()
    {
        var (a, b) = await StartTwoAsync();
        var asked = 0;
        await ServeAsync(_ => $"served {Interlocked.Increment(ref asked)}");
        await a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue });
        // Its queue does not matter: it never gets as far as that.
        b.Services.Keep(new ServiceOptions { Path = "x", Queue = Names.HandlerQueue(MessagePath.Parse("y")) });
        await ((GatewayEngine)b).Services.LookAsync(CancellationToken.None);
        Assert.Equal(ServiceState.Conflict, Assert.Single(b.Services.All).State);
        Assert.True(await b.Services.RemoveAsync("x"));

        Assert.Equal("served 1", (await (await ConnectAsync()).CallAsync(Names.Request, "x", default)).Text);
        Assert.True(await a.Services.RemoveAsync("x"));
        await b.OpenSession().AnswerAsync("x", "handled");
        var reply = await (await ConnectAsync()).CallAsync(Names.Request, "x", Utf8(""), properties => properties.ContentType = ContentTypes.Text);
        Assert.Equal(("handled", 1), (reply.Text, Volatile.Read(ref asked)));
    }

    [Fact]
    public async Task A_service_is_reached_again_after_the_connection_was_lost()
    {
        var (a, b) = await StartTwoAsync();
        await ServeAsync(_ => "served");
        await a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue });

        await World.ReconnectAsync(a);
        await World.ReconnectAsync(b);

        foreach (var gateway in new[] { a, b })
            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => gateway.OpenSession().AskAsync("x")) is null, "the service is reached");
    }

    [Fact]
    public async Task Requests_go_to_an_exchange_with_its_key_and_come_back_when_it_is_gone()
    {
        var (a, b) = await StartTwoAsync();
        var service = await ServeAsync(request => $"{request.RoutingKey} {Header(request, "rb-path")}");
        await service.Channel.ExchangeDeclareAsync(_queue, ExchangeType.Direct);
        await service.Channel.QueueBindAsync(_queue, _queue, "orders");
        await a.Services.AddAsync(new ServiceOptions { Path = "x", Exchange = _queue, RoutingKey = "orders" });
        await a.Services.AddAsync(new ServiceOptions { Path = "y", Exchange = _queue, RoutingKey = "elsewhere" });
        var session = b.OpenSession();

        Assert.Equal("orders x/1", await session.AskAsync("x/1"));
        await Assert.ThrowsAsync<UnhandledMessageException>(() => session.AskAsync("y"));

        await service.Channel.ExchangeDeleteAsync(_queue);
        await Assert.ThrowsAsync<UnhandledMessageException>(() => session.AskAsync("x/1"));
        // It has harmed nothing else.
        await a.OpenSession().AnswerAsync("z", "handled");
        Assert.Equal("handled", await session.AskAsync("z"));
        await LookUntilAsync(a, ServiceState.Missing);
    }

    [Fact]
    public async Task Errors_are_told_as_the_service_tells_them()
    {
        var a = await StartGatewayAsync("a");
        var service = await ConnectAsync();
        await service.Channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false);
        await ConsumeAsync(service, request => Header(request, "rb-path") switch
        {
            "header" => service.AnswerAsync(request.BasicProperties, "in the body", properties => properties.Headers = new Dictionary<string, object?> { ["x-error"] = "in the header" }),
            "flag" => service.AnswerAsync(request.BasicProperties, "in the body", properties => properties.Headers = new Dictionary<string, object?> { ["x-error"] = true }),
            "property" => service.AnswerAsync(request.BasicProperties, """{"error":"in the property"}"""),
            "null" => service.AnswerAsync(request.BasicProperties, """{"error":null}"""),
            _ => service.AnswerAsync(request.BasicProperties, "no JSON"),
        });
        foreach (var path in new[] { "header", "flag", "property", "null", "text" })
            await a.Services.AddAsync(new ServiceOptions { Path = path, Queue = _queue, ErrorHeader = "x-error", ErrorProperty = "error" });
        var session = a.OpenSession();

        Assert.Equal("in the header", (await Assert.ThrowsAsync<RejectedRequestException>(() => session.AskAsync("header"))).Message);
        Assert.Equal("in the body", (await Assert.ThrowsAsync<RejectedRequestException>(() => session.AskAsync("flag"))).Message);
        Assert.Equal("in the property", (await Assert.ThrowsAsync<RejectedRequestException>(() => session.AskAsync("property"))).Message);
        Assert.Equal("""{"error":null}""", await session.AskAsync("null"));
        Assert.Equal("no JSON", await session.AskAsync("text"));
    }

    [Fact]
    public async Task What_the_service_cannot_read_is_refused_before_it_is_sent()
    {
        var a = await StartGatewayAsync("a");
        await ServeAsync(request => request.BasicProperties.ContentType!);
        await a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue, ContentType = ContentTypes.Json });

        Assert.Equal(ContentTypes.Json, await a.OpenSession().Messages.SendRequestAsync<long, string>("x", 1));
        var error = await Assert.ThrowsAsync<IncompatibleDatatypeException>(() => a.OpenSession().AskAsync("x", "no JSON"));
        Assert.Contains("reads application/json; the request is text/plain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_a_service_says_why()
    {
        var a = await StartGatewayAsync("a");
        var missing = await Assert.ThrowsAsync<IncompatibleStateException>(() => a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = _queue }));
        Assert.Contains($"There is no queue '{_queue}' at the broker.", missing.Message, StringComparison.Ordinal);
        var exchange = await Assert.ThrowsAsync<IncompatibleStateException>(() => a.Services.AddAsync(new ServiceOptions { Path = "x", Exchange = _queue }));
        Assert.Contains($"There is no exchange '{_queue}' at the broker.", exchange.Message, StringComparison.Ordinal);
        var own = await Assert.ThrowsAsync<IncompatibleStateException>(() => a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = Inbox(a) }));
        Assert.Contains("belongs to the bridge itself", own.Message, StringComparison.Ordinal);
        var other = await ConnectAsync();
        var exclusive = await Assert.ThrowsAsync<IncompatibleStateException>(() => a.Services.AddAsync(new ServiceOptions { Path = "x", Queue = other.ReplyQueue }));
        Assert.Contains("exclusive to another connection", exclusive.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidMessageDataException>(() => a.Services.AddAsync(new ServiceOptions { Path = "x" }));
        Assert.Empty(a.Services.All);
        Assert.Empty(a.Routes);
    }

    private static string Header(BasicDeliverEventArgs request, string name) => Encoding.UTF8.GetString((byte[])request.BasicProperties.Headers![name]!);

    private static async Task ConsumeAsync(PlainClient service, string queue, Func<BasicDeliverEventArgs, Task> onRequest)
    {
        var consumer = new AsyncEventingBasicConsumer(service.Channel);
        consumer.ReceivedAsync += (_, request) => onRequest(request);
        await service.Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    private static async Task LookUntilAsync(IGateway gateway, ServiceState state)
    {
        await ((GatewayEngine)gateway).Services.LookAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => gateway.Services.All.All(service => service.State == state), $"the service is {state}");
        // Its state is seen here before the other gateways are told, and it is looked at again only when they know.
        await ((GatewayEngine)gateway).Services.LookAsync(CancellationToken.None);
    }

    private Task ConsumeAsync(PlainClient service, Func<BasicDeliverEventArgs, Task> onRequest) => ConsumeAsync(service, _queue, onRequest);

    private async Task<PlainClient> ServeAsync(Func<BasicDeliverEventArgs, string> answer, string? queue = null)
    {
        var service = await ConnectAsync();
        await service.Channel.QueueDeclareAsync(queue ?? _queue, durable: true, exclusive: false, autoDelete: false);
        await ConsumeAsync(service, queue ?? _queue, request => service.AnswerAsync(request.BasicProperties, answer(request)));
        return service;
    }

    // As RabbitMQ's tutorial has it: a prefetch of one, acknowledgements, and no property but the correlation id.
    private async Task ServeTutorialAsync()
    {
        var service = await ConnectAsync();
        await service.Channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false);
        await service.Channel.BasicQosAsync(0, 1, global: false);
        var consumer = new AsyncEventingBasicConsumer(service.Channel);
        consumer.ReceivedAsync += async (_, request) =>
        {
            var n = int.Parse(Encoding.UTF8.GetString(request.Body.Span), CultureInfo.InvariantCulture);
            await service.Channel.BasicPublishAsync(
                "", request.BasicProperties.ReplyTo!, mandatory: true, new BasicProperties { CorrelationId = request.BasicProperties.CorrelationId },
                Encoding.UTF8.GetBytes(Fib(n).ToString(CultureInfo.InvariantCulture)));
            await service.Channel.BasicAckAsync(request.DeliveryTag, multiple: false);
        };
        await service.Channel.BasicConsumeAsync(_queue, autoAck: false, consumer);
    }

    private static int Fib(int n)
    {
        var (previous, current) = (0, 1);
        for (var i = 0; i < n; i++)
            (previous, current) = (current, previous + current);
        return previous;
    }
}
