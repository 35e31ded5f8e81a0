using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RabbitBridge.IntegrationTests.Security;

/// <summary>The broker's permissions of docs/operations.md: with exactly these everything works, and with one less somebody says which.</summary>
[Collection(SecurityGroup.Name)]
public sealed class PermissionsTests(BrokerFixture broker) : BrokerTest(broker)
{
    private const string Password = "secret";
    private const string Nothing = "^$";

    private readonly string _queue = $"service-{Guid.NewGuid():N}";

    private string Prefix => Rabbit.Options.Prefix;

    private string Gateway => $"{Prefix}-gateway";

    private string Caller => $"{Prefix}-caller";

    private string Server => $"{Prefix}-server";

    private string Bridge => $"^{Regex.Escape(Prefix)}\\.";

    private string GatewayWrite => $"^({Regex.Escape(Prefix)}\\.|amq\\.default$|{_queue}$)";

    private string CallerWrite => $"^{Regex.Escape(Prefix)}\\.(request|session|project)$";

    [OwnBrokerFact]
    public async Task With_exactly_these_everything_works()
    {
        await PermitAsync(Gateway, Bridge, GatewayWrite, Bridge);
        await PermitAsync(Caller, "^amq\\.gen", CallerWrite, "^amq\\.gen");
        await PermitAsync(Server, $"^({_queue}$|amq\\.gen)", "^amq\\.default$", $"^({_queue}$|amq\\.gen)");
        await using var a = await StartAsAsync("a");
        await using var b = await StartAsAsync("b");
        var session = await a.OpenSessionAsync(new SessionOptions { Principal = "p", Project = "X" });
        session.Messages.SetRequestStream<string, string>("say", (_, text, _) => new($"{text}!"));
        await session.AnswerAsync("handled", "handled");
        await ServeAsync();
        await a.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue });
        var caller = await ConnectAsAsync(Caller);

        Assert.Equal(("handled", "served"), (await b.OpenSession().AskAsync("handled"), await b.OpenSession().AskAsync("served")));
        foreach (var path in new[] { "handled", "served" })
            Assert.Equal(path, (await caller.CallAsync(Names.Request, path, Utf8("x"), properties => (properties.ContentType, properties.UserId) = ("text/plain", Caller))).Text);
        Assert.True(await caller.PublishAsync(Names.Session, "say", Utf8("x"), properties =>
        {
            properties.ReplyTo = caller.ReplyQueue;
            properties.ContentType = "text/plain";
            properties.Headers = new Dictionary<string, object?> { ["rb-filter"] = "$Principal is 'p'" };
        }));
        await Eventually.TrueAsync(() => caller.Replies.Any(reply => reply.Text == "x!"), "the session has answered");
        var message = await caller.CallAsync(Names.Project, "a", Utf8("{}"), properties =>
            properties.Headers = new Dictionary<string, object?> { ["rb-project"] = "X", ["rb-message-handler"] = "h" });
        Assert.Equal("ok", message.Status);
    }

    [OwnBrokerFact]
    public async Task Whichever_right_a_service_lacks_the_broker_names_what_it_is_missing_on()
    {
        await StartGatewayAsync("a");
        var (request, session, project) = (Regex.Escape(Names.Request), Regex.Escape(Names.Session), Regex.Escape(Names.Project));
        const string Own = "^amq\\.gen";
        var queue = $"^{_queue}$";
        var level = Regex.Escape(Names.Level(2));

        // A caller: a queue of its own for the answers, and three exchanges.
        await AssertLacksAsync("queue 'amq.gen", (Nothing, CallerWrite, Own), DeclareOwnAsync);
        await AssertLacksAsync("queue 'amq.gen", (Own, CallerWrite, Nothing), async channel => await ConsumeAsync(channel, await DeclareOwnAsync(channel)));
        await AssertLacksAsync($"exchange '{Names.Request}'", (Own, $"^({session}|{project})$", Own), channel => PublishAsync(channel, Names.Request));
        await AssertLacksAsync($"exchange '{Names.Session}'", (Own, $"^({request}|{project})$", Own), channel => PublishAsync(channel, Names.Session));
        await AssertLacksAsync($"exchange '{Names.Project}'", (Own, $"^({request}|{session})$", Own), channel => PublishAsync(channel, Names.Project));
        await AssertLacksAsync($"exchange '{Names.Level(2)}'", (Own, CallerWrite, Own), channel => PublishAsync(channel, Names.Level(2)));
        // One that serves its own queue.
        await AssertLacksAsync($"queue '{_queue}'", (Nothing, "^amq\\.default$", queue), DeclareAsync);
        await AssertLacksAsync("exchange 'amq.default'", (queue, Nothing, queue), channel => PublishAsync(channel, string.Empty));
        await AssertLacksAsync($"queue '{_queue}'", (queue, "^amq\\.default$", Nothing), async channel => await ConsumeAsync(channel, await DeclareAsync(channel)));
        // One that binds it.
        await AssertLacksAsync($"queue '{_queue}'", (queue, "^amq\\.default$", $"^({_queue}$|{level}$)"), async channel => await BindAsync(channel, await DeclareAsync(channel), Names.Level(2)));
        await AssertLacksAsync($"exchange '{Names.Level(2)}'", (queue, $"^({_queue}$|amq\\.default$)", queue), async channel => await BindAsync(channel, await DeclareAsync(channel), Names.Level(2)));
        // One that listens.
        await AssertLacksAsync("queue 'amq.gen", (Own, Nothing, $"^(amq\\.gen|{Regex.Escape(Names.Event)}$)"), async channel => await BindAsync(channel, await DeclareOwnAsync(channel), Names.Event));
        await AssertLacksAsync($"exchange '{Names.Event}'", (Own, Own, Own), async channel => await BindAsync(channel, await DeclareOwnAsync(channel), Names.Event));

        static async Task<string> DeclareOwnAsync(IChannel channel) => (await channel.QueueDeclareAsync(exclusive: true)).QueueName;
        async Task<string> DeclareAsync(IChannel channel) => (await channel.QueueDeclareAsync(_queue, durable: false, exclusive: true, autoDelete: true)).QueueName;
        static Task ConsumeAsync(IChannel channel, string from) => channel.BasicConsumeAsync(from, autoAck: true, new AsyncEventingBasicConsumer(channel));
        static Task BindAsync(IChannel channel, string to, string exchange) => channel.QueueBindAsync(to, exchange, "a.b.#");
        static Task PublishAsync(IChannel channel, string exchange) => channel.BasicPublishAsync(exchange, "a.b", mandatory: false, new BasicProperties(), ReadOnlyMemory<byte>.Empty).AsTask();
    }

    [OwnBrokerFact]
    public async Task Callers_at_a_level_and_listeners_need_no_more_than_that()
    {
        var a = await StartGatewayAsync("a", options => options.MirrorSessions = true);
        await a.OpenSession().AnswerAsync("handled", "handled");
        await PermitAsync(Caller, "^amq\\.gen", $"^{Regex.Escape(Prefix)}\\.(request(\\.\\d+)?|session|project)$", "^amq\\.gen");
        await PermitAsync(Server, "^amq\\.gen", "^amq\\.gen", $"^(amq\\.gen|{Regex.Escape(Names.Event)}$)");
        var caller = await ConnectAsAsync(Caller);
        var listener = await ConnectAsAsync(Server);
        var heard = 0;
        var queue = await listener.ServeAsync(_ =>
        {
            Interlocked.Increment(ref heard);
            return Task.CompletedTask;
        });
        await listener.Channel.QueueBindAsync(queue, Names.Event, "session.#");

        Assert.Equal("handled", (await caller.CallAsync(Names.Level(1), "handled", Utf8("x"), properties => properties.ContentType = "text/plain")).Text);
        a.OpenSession();
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 1, "the listener has heard of the session");
    }

    [OwnBrokerFact]
    public async Task A_gateway_says_which_one_it_lacks()
    {
        foreach (var (configure, write, read, permission, where) in new[]
        {
            (Nothing, GatewayWrite, Bridge, "configure", $"exchange '{Names.Level(0)}'"),
            (Bridge, "^amq\\.default$", Bridge, "write", $"exchange '{Names.Level(0)}'"),
            (Bridge, GatewayWrite, Nothing, "read", $"exchange '{Names.Level(1)}'"),
            (Bridge, Bridge, Bridge, "write", "exchange 'amq.default'"),
        })
        {
            await PermitAsync(Gateway, configure, write, read);
            var error = await Assert.ThrowsAsync<CommunicationFailureException>(() => StartAsAsync("a"));
            Assert.Contains(permission, error.Message, StringComparison.Ordinal);
            Assert.Contains(where, error.Message, StringComparison.Ordinal);
        }

        await PermitAsync(Gateway, Bridge, $"^({Regex.Escape(Prefix)}\\.|amq\\.default$)", Bridge);
        await PermitAsync(Server, $"^({_queue}$|amq\\.gen)", "^amq\\.default$", $"^({_queue}$|amq\\.gen)");
        await ServeAsync();
        await using var gateway = await StartAsAsync("a");
        var service = await Assert.ThrowsAsync<IncompatibleStateException>(() => gateway.Services.AddAsync(new ServiceOptions { Path = "served", Queue = _queue }));
        Assert.Contains("write", service.Message, StringComparison.Ordinal);
        Assert.Contains($"queue '{_queue}'", service.Message, StringComparison.Ordinal);
        await gateway.OpenSession().AnswerAsync("handled", "");
        Assert.True(gateway.IsConnected);
    }

    [OwnBrokerFact]
    public async Task An_AMQP_message_handler_needs_its_exchange_and_says_so()
    {
        var exchange = $"handlers-{Guid.NewGuid():N}";
        var client = await PlainClient.ConnectAsync(Rabbit.Options.Uri);
        Own(client);
        await client.Channel.ExchangeDeclareAsync(exchange, "fanout", durable: false, autoDelete: true);
        var heard = 0;
        var queue = await client.ServeAsync(_ =>
        {
            Interlocked.Increment(ref heard);
            return Task.CompletedTask;
        });
        await client.Channel.QueueBindAsync(queue, exchange, string.Empty);
        await PermitAsync(Gateway, Bridge, $"^({Regex.Escape(Prefix)}\\.|amq\\.default$)", Bridge);
        var services = new ServiceCollection();
        services.AddSingleton<ILogger<IGateway>>(new TypedLogger<IGateway>(Log));
        services.AddRabbitBridge(gateway => gateway.Name = "a")
            .UseRabbitMq(rabbit => (rabbit.Uri, rabbit.Prefix) = (As(Gateway), Prefix))
            .AddProject("X", project => project.OnMessagePublish("publish", exchange, "key"));
        await using var provider = services.BuildServiceProvider();
        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        var session = provider.GetRequiredService<IGateway>().OpenSession(new SessionOptions { Principal = "Ann" });

        await Assert.ThrowsAsync<CallbackException>(() => session.Projects.SendRequestAsync<JsonElement>("X", "publish"));
        var logged = Assert.Single(Log.Lines, static line => line.Event == "MessageHandlerFailed").Exception!.Message;
        Assert.Contains("write", logged, StringComparison.Ordinal);
        Assert.Contains($"exchange '{exchange}'", logged, StringComparison.Ordinal);

        await PermitAsync(Gateway, Bridge, $"^({Regex.Escape(Prefix)}\\.|amq\\.default$|{exchange}$)", Bridge);
        await session.Projects.SendRequestAsync<JsonElement>("X", "publish");
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) == 1, "it is consumed");
        foreach (var service in provider.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
    }

    [OwnBrokerFact]
    public async Task A_caller_is_told_which_one_it_lacks_and_topic_permissions_fence_it_into_a_branch()
    {
        var a = await StartGatewayAsync("a");
        await a.OpenSession().AnswerAsync("shop", "handled");
        await PermitAsync(Caller, "^amq\\.gen", Nothing, "^amq\\.gen");
        Assert.Contains($"access to exchange '{Names.Request}'", await RefusalAsync("shop.orders"), StringComparison.Ordinal);

        await PermitAsync(Caller, "^amq\\.gen", CallerWrite, "^amq\\.gen");
        foreach (var exchange in new[] { Names.Request, Names.Session })
            await Broker.Broker.RunControlCommandAsync("set_topic_permissions", Caller, exchange, "^shop(\\.|$)", Nothing);
        var caller = await ConnectAsAsync(Caller);
        Assert.Equal("handled", (await caller.CallAsync(Names.Request, "shop.orders", Utf8("x"), properties => properties.ContentType = "text/plain")).Text);
        Assert.Contains("to topic 'admin.orders'", await RefusalAsync("admin.orders"), StringComparison.Ordinal);
        // Requests to sessions by a filter are fenced in as well.
        Assert.True(await caller.PublishAsync(Names.Session, "shop.orders", Utf8("x"), properties => properties.Headers = new Dictionary<string, object?> { ["rb-all"] = "" }));
        var refused = await RefusalAsync(caller.Channel, () => caller.PublishAsync(Names.Session, "admin.orders", Utf8("x")));
        Assert.Contains("to topic 'admin.orders'", refused, StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task A_service_that_binds_its_own_queue_is_fenced_in_too()
    {
        await StartGatewayAsync("a");
        await PermitAsync(Server, $"^{_queue}$", $"^({_queue}$|amq\\.default$)", $"^({_queue}$|{Regex.Escape(Names.Level(2))}$)");
        await Broker.Broker.RunControlCommandAsync("set_topic_permissions", Server, Names.Level(2), Nothing, "^shop\\.");
        var connection = await new ConnectionFactory { Uri = As(Server), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using var _ = connection;
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(_queue, durable: false, exclusive: true, autoDelete: true);

        await channel.QueueBindAsync(_queue, Names.Level(2), "shop.orders.#");
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueBindAsync(_queue, Names.Level(2), "admin.users.#"));
        Assert.Contains("to topic 'admin.users.#'", refused.Message, StringComparison.Ordinal);
    }

    private async Task PermitAsync(string user, string configure, string write, string read)
    {
        if (_users.Add(user))
            await Broker.Broker.RunControlCommandAsync("add_user", user, Password);
        await Broker.Broker.RunControlCommandAsync("set_permissions", user, configure, write, read);
    }

    private readonly HashSet<string> _users = [];

    private Uri As(string user) => new UriBuilder(Rabbit.Options.Uri) { UserName = user, Password = Password }.Uri;

    private async Task<IGateway> StartAsAsync(string name)
    {
        var gateway = RabbitMqGateway.Create(new GatewayOptions { Name = name }, new RabbitMqOptions { Uri = As(Gateway), Prefix = Prefix }, logger: Log);
        await gateway.StartAsync();
        return gateway;
    }

    private async Task<PlainClient> ConnectAsAsync(string user)
    {
        var client = await PlainClient.ConnectAsync(As(user));
        Own(client);
        return client;
    }

    private async Task ServeAsync()
    {
        var server = await ConnectAsAsync(Server);
        await server.Channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: true);
        var consumer = new AsyncEventingBasicConsumer(server.Channel);
        consumer.ReceivedAsync += (_, request) => server.AnswerAsync(request.BasicProperties, "served");
        await server.Channel.BasicConsumeAsync(_queue, autoAck: true, consumer);
    }

    /// <summary>What the broker says when it closes a caller's channel.</summary>
    private async Task<string> RefusalAsync(string key)
    {
        var caller = await ConnectAsAsync(Caller);
        return await RefusalAsync(caller.Channel, () => caller.PublishAsync(Names.Request, key, Encoding.UTF8.GetBytes("x")));
    }

    private static async Task<string> RefusalAsync(IChannel channel, Func<Task> action)
    {
        var closed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, shutdown) =>
        {
            closed.TrySetResult(shutdown.ReplyText);
            return Task.CompletedTask;
        };
        await Assert.ThrowsAnyAsync<Exception>(action);
        return await closed.Task.WaitAsync(Eventually.Limit);
    }

    private async Task AssertLacksAsync(string where, (string Configure, string Write, string Read) rights, Func<IChannel, Task> action)
    {
        await PermitAsync(Caller, rights.Configure, rights.Write, rights.Read);
        await using var connection = await new ConnectionFactory { Uri = As(Caller), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        Assert.Contains($"access to {where}", await RefusalAsync(channel, () => action(channel)), StringComparison.Ordinal);
    }
}
