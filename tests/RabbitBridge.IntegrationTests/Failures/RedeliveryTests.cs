using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Failures;

/// <summary>Registrations that ask for redelivery: their requests stay in the queue until they are answered.</summary>
[Collection(BrokerGroup.Name)]
public sealed class RedeliveryTests(BrokerFixture broker) : BrokerTest(broker)
{
    private static readonly RequestHandlerOptions Redelivery = new() { Redelivery = true };

    [Fact]
    public async Task A_request_goes_through_the_queue_and_is_answered()
    {
        var (a, b) = await StartTwoAsync();
        await a.OpenSession().Messages.AddRequestHandlerAsync<string, string>(
            "a", (text, context, _) => new($"{context.Path} {context.SessionId} {text} {context.SessionProperties["$Principal"]}"),
            Redelivery with { SessionProperties = ["$Principal"] });
        var sender = b.OpenSession(new SessionOptions { Principal = "alice" });

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => sender.AskAsync("a/b", $"{number}")));

        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"a/b {sender.Id} {number} alice"), answers);
        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.HandlerQueue(MessagePath.Parse("a")))).Messages == 0, "the queue is empty");
    }

    [Fact]
    public async Task Another_gateway_executes_what_a_dead_one_has_not_answered()
    {
        var (a, b, c) = await StartThreeAsync();
        var handlers = new[] { new HoldingHandler(), new HoldingHandler() };
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handlers[0], Redelivery);
        await b.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handlers[1], Redelivery);
        var sender = c.OpenSession();
        var calls = Enumerable.Range(0, 10).Select(number => sender.AskAsync("a", $"{number}")).ToArray();
        await Eventually.TrueAsync(() => handlers.Sum(handler => handler.Requests.Count) == 10, "all requests are being handled");
        Assert.All(handlers, handler => Assert.NotEmpty(handler.Requests));

        await Rabbit.CrashAsync(a);

        await handlers[1].ReceiveAsync(10);
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"{number}"), handlers[1].Requests.Select(request => request.Text).Order(StringComparer.Ordinal));
        handlers[1].AnswerAll("second gateway");
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("second gateway", answer));
    }

    [Fact]
    public async Task Without_redelivery_a_request_is_executed_once_and_its_plain_caller_told()
    {
        var (a, b) = await StartTwoAsync();
        var handlers = new[] { new HoldingHandler(), new HoldingHandler() };
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handlers[0]);
        var client = await ConnectAsync();
        var call = client.CallAsync(Names.Request, "a", Utf8("once"), properties => properties.ContentType = ContentTypes.Text);
        await handlers[0].ReceiveAsync();
        await b.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handlers[1]);

        await Rabbit.CrashAsync(a);

        var reply = await call;
        Assert.Equal(("error", "COMMUNICATION_FAILURE"), (reply.Status, reply.Error));
        Assert.Empty(handlers[1].Requests);
    }

    [Fact]
    public async Task All_handlers_of_a_branch_agree_about_redelivery()
    {
        var (a, b) = await StartTwoAsync();
        var first = await a.OpenSession().AnswerAsync("a", "first");

        await Assert.ThrowsAsync<HandlerConflictException>(
            () => a.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => new(""), Redelivery));
        await Assert.ThrowsAsync<HandlerConflictException>(
            () => b.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => new(""), Redelivery));

        await first.CloseAsync();
        await b.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (_, _, _) => new("queued"), Redelivery);
        Assert.Equal("queued", await a.OpenSession().AskAsync("a"));
    }

    [Fact]
    public async Task A_request_whose_time_is_over_is_not_executed_any_more()
    {
        var (a, b) = await StartTwoAsync();
        var held = new HoldingHandler();
        await a.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held, Redelivery);
        var call = b.OpenSession().AskAsync("a", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(2) });
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;

        await Assert.ThrowsAsync<RequestTimeOutException>(() => call);
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the responder's token is cancelled");
        var view = await LookAsync();
        await Eventually.TrueAsync(async () => (await view.CountAsync(Names.HandlerQueue(MessagePath.Parse("a")))).Messages == 0, "the queue is empty");
        await Rabbit.ReconnectAsync(a);
        await b.OpenSession().Messages.AddRequestHandlerAsync<string, string>("other", (_, _, _) => new(""));
        Assert.Single(held.Requests);
    }

    [Fact]
    public async Task A_plain_request_in_hand_ends_when_the_only_gateway_of_its_branch_has_its_connection_back_S13()
    {
        var gateway = await StartGatewayAsync("a");
        var handler = new HoldingHandler();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler);
        var client = await ConnectAsync();
        var call = client.CallAsync(Names.Request, "a", Utf8("once"), properties => properties.ContentType = ContentTypes.Text);
        await handler.ReceiveAsync();

        await Rabbit.ReconnectAsync(gateway);

        var reply = await call;
        Assert.Equal(("error", "COMMUNICATION_FAILURE"), (reply.Status, reply.Error));
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task What_is_to_be_redelivered_comes_again_to_the_only_gateway_of_its_branch_S13()
    {
        var gateway = await StartGatewayAsync("a");
        var handler = new HoldingHandler();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler, Redelivery);
        var client = await ConnectAsync();
        var call = client.CallAsync(Names.Request, "a", Utf8("again"), properties => properties.ContentType = ContentTypes.Text);
        await handler.ReceiveAsync();

        await Rabbit.ReconnectAsync(gateway);

        await handler.ReceiveAsync(2);
        Assert.True(handler.Requests[0].Responder.CancellationToken.IsCancellationRequested);
        handler.AnswerAll("second time");
        Assert.Equal("second time", (await call).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_the_handlers_session_ends_a_plain_request_or_has_another_one_handle_it_D12(bool redelivery)
    {
        var (a, b) = await StartTwoWhoMeetAsync();
        var (handler, held) = (a.OpenSession(), new HoldingHandler());
        await handler.Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)held, Redelivery with { Redelivery = redelivery });
        var client = await ConnectAsync();
        var call = client.CallAsync(Names.Request, "a", Utf8("once"), properties => properties.ContentType = ContentTypes.Text);
        var token = (await held.ReceiveAsync()).Responder.CancellationToken;
        await b.OpenSession().Messages.AddRequestHandlerAsync<string, string>("a", (text, _, _) => new($"{text} elsewhere"), Redelivery with { Redelivery = redelivery });

        await handler.CloseAsync();

        var reply = await call;
        Assert.Equal(redelivery ? ("ok", null, "once elsewhere") : ("error", "SESSION_CLOSED", reply.Text), (reply.Status, reply.Error, reply.Text));
        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the handler's token is cancelled");
    }

    [Fact]
    public async Task The_handler_of_a_plain_request_hears_that_its_gateways_connection_is_lost_D11()
    {
        var gateway = await StartGatewayAsync("a");
        var handler = new HoldingHandler();
        await gateway.OpenSession().Messages.AddRequestHandlerAsync("a", (IRequestHandler<string, string>)handler);
        var client = await ConnectAsync();
        var call = client.CallAsync(Names.Request, "a", Utf8("once"), properties => properties.ContentType = ContentTypes.Text);
        var token = (await handler.ReceiveAsync()).Responder.CancellationToken;

        await Rabbit.ReconnectAsync(gateway);

        await Eventually.TrueAsync(() => token.IsCancellationRequested, "the handler's token is cancelled");
        Assert.Equal("COMMUNICATION_FAILURE", (await call).Error);
    }
}
