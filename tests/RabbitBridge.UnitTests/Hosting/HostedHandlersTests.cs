using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Hosting;

/// <summary>Handlers and request clients of a host, as its services.</summary>
public sealed class HostedHandlersTests
{
    // A process that is kept busy by its tests must not take the silence of its own other gateways for their death.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_handler_class_gets_an_instance_and_a_scope_for_each_request()
    {
        await using var host = await StartAsync(
            builder => builder.AddHandler<string, string, Greeter>("greet").AddRequestClient<string, string>("greet/you"),
            services => services.AddScoped<Disposals>().AddSingleton<Counter>());
        var client = host.GetRequiredService<IRequestClient<string, string>>();

        Assert.Equal(["greet/you: hello a", "greet/you: hello b"], [await client.SendAsync("a"), await client.SendAsync("b")]);

        await Eventually.TrueAsync(() => host.GetRequiredService<Counter>().Disposed == 2, "both scopes are disposed of");
        Assert.Equal(2, host.GetRequiredService<Counter>().Made);
    }

    [Fact]
    public async Task Functions_are_given_services_of_the_requests_scope()
    {
        await using var host = await StartAsync(
            builder => builder
                .AddHandler("plain", (string name, CancellationToken _) => new ValueTask<string>($"plain {name}"))
                .AddHandler("one", (string name, IRequestContext context, CancellationToken _) => new ValueTask<string>($"{context.Path} {name}"))
                .AddHandler("two", async (string name, Counter counter, IRequestContext context, CancellationToken cancelled) =>
                {
                    await Task.Yield();
                    return $"{context.Path} {name} {counter.Made} {cancelled.CanBeCanceled}";
                }),
            services => services.AddSingleton<Counter>());
        var session = host.GetRequiredService<ISession>();

        Assert.Equal("plain a", await session.AskAsync("plain", "a"));
        Assert.Equal("one/x a", await session.AskAsync("one/x", "a"));
        Assert.Equal("two a 0 True", await session.AskAsync("two", "a"));
    }

    [Fact]
    public async Task What_a_handler_throws_is_told_as_from_any_other()
    {
        await using var host = await StartAsync(builder => builder
            .AddHandler<string, string>("rejects", (_, _) => throw new RejectedRequestException("not today"))
            .AddHandler<string, Counter, string>("lacks", (_, _, _) => new ValueTask<string>("")));
        var session = host.GetRequiredService<ISession>();

        Assert.Equal("not today", (await Assert.ThrowsAsync<RejectedRequestException>(() => session.AskAsync("rejects"))).Message);
        await Assert.ThrowsAsync<CallbackException>(() => session.AskAsync("lacks"));
    }

    [Fact]
    public async Task A_host_that_stops_lets_its_handlers_come_to_their_end()
    {
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        var broker = new InMemoryBroker();
        await using var elsewhere = InMemoryGateway.Create(new GatewayOptions { Name = "elsewhere", PresenceLimit = Patience, RequestTimeout = Eventually.Limit }, broker);
        await elsewhere.StartAsync();
        await using var host = await StartAsync(builder => builder.UseInMemory(broker).AddHandler("slow", async (string text, CancellationToken _) =>
        {
            begun.TrySetResult();
            await released.Task;
            return text;
        }));
        var asked = elsewhere.OpenSession().AskAsync("slow", "tea");
        await begun.Task;

        var stopping = StopAsync(host);
        await Eventually.TrueAsync(() => elsewhere.Routes.Count == 0, "the handler is withdrawn");
        Assert.False(stopping.IsCompleted);
        released.SetResult();

        Assert.Equal("tea", await asked);
        await stopping;
    }

    [Fact]
    public async Task A_host_that_only_runs_a_gateway_opens_no_session()
    {
        await using var host = await StartAsync(_ => { });

        Assert.Equal(0, host.GetRequiredService<IGateway>().SessionCount);
        Assert.Null(host.GetService<ISession>());
    }

    [Fact]
    public async Task The_session_is_opened_as_whom_the_host_says()
    {
        await using var host = await StartAsync(builder => builder.UseSession(new SessionOptions { Principal = "orders" }));

        Assert.Equal("orders", host.GetRequiredService<ISession>().Principal);
    }

    [Fact]
    public void Two_handlers_for_a_path_are_told_where_they_are_added()
    {
        var builder = new ServiceCollection().AddRabbitBridge().AddHandler<string, string, Greeter>("greet");

        Assert.Throws<HandlerConflictException>(() => builder.AddHandler("/greet/", (string name, CancellationToken _) => new ValueTask<string>(name)));
        Assert.Throws<InvalidPathException>(() => builder.AddHandler("a//b", (string name, CancellationToken _) => new ValueTask<string>(name)));
        Assert.Throws<InvalidPathException>(() => builder.AddRequestClient<string, string>("a//b"));
    }

    [Fact]
    public async Task Before_its_host_starts_a_session_is_not_there_and_a_client_waits_for_it()
    {
        await using var host = Build(builder => builder.AddHandler("a", (string name, CancellationToken _) => new ValueTask<string>(name)).AddRequestClient<string, string>("a"));
        var session = host.GetRequiredService<ISession>();
        Assert.Throws<InvalidOperationException>(() => session.Id);
        var early = host.GetRequiredService<IRequestClient<string, string>>().SendAsync("tea");

        await StartAsync(host);

        Assert.Equal("tea", await early);
        Assert.Equal("tea", await session.AskAsync("a", "tea"));
        await StopAsync(host);
        Assert.True(session.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task A_scope_that_ends_does_not_end_the_hosts_session()
    {
        await using var host = await StartAsync(builder => builder.AddHandler("a", (string name, ISession own, CancellationToken _) => new ValueTask<string>($"{own.Principal}{name}")));
        await using (var scope = host.CreateAsyncScope())
            Assert.Equal("tea", await scope.ServiceProvider.GetRequiredService<ISession>().AskAsync("a", "tea"));

        Assert.Equal("tea", await host.GetRequiredService<ISession>().AskAsync("a", "tea"));
    }

    [Fact]
    public async Task A_host_that_cannot_register_a_handler_does_not_start_and_nobody_waits_for_it()
    {
        await using var host = Build(
            builder => builder.AddHandler("a", (string name, CancellationToken _) => new ValueTask<string>(name)).AddRequestClient<string, string>("a"),
            services => services.AddSingleton<IAuthorizer, Nothing>());
        var early = host.GetRequiredService<IRequestClient<string, string>>().SendAsync("tea");

        await Assert.ThrowsAsync<AccessDeniedException>(() => StartAsync(host));

        await Assert.ThrowsAsync<SessionClosedException>(() => early);
        await StopAsync(host);
    }

    private static async Task<ServiceProvider> StartAsync(Action<RabbitBridgeBuilder> configure, Action<IServiceCollection>? add = null)
    {
        var host = Build(configure, add);
        await StartAsync(host);
        return host;
    }

    private static ServiceProvider Build(Action<RabbitBridgeBuilder> configure, Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        add?.Invoke(services);
        configure(services.AddRabbitBridge(options => options.PresenceLimit = Patience));
        return services.BuildServiceProvider();
    }

    private static async Task StartAsync(ServiceProvider host)
    {
        foreach (var service in host.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
    }

    private static async Task StopAsync(ServiceProvider host)
    {
        foreach (var service in host.GetServices<IHostedService>().Reverse())
            await service.StopAsync(CancellationToken.None);
    }

    private sealed class Greeter : IHandler<string, string>
    {
        public Greeter(Disposals disposals, Counter counter)
        {
            Assert.NotNull(disposals);
            counter.Make();
        }

        public ValueTask<string> HandleAsync(string request, IRequestContext context, CancellationToken cancellationToken) => new($"{context.Path}: hello {request}");
    }

    private sealed class Disposals(Counter counter) : IDisposable
    {
        public void Dispose() => counter.Dispose();
    }

    private sealed class Counter
    {
        private int _made;
        private int _disposed;

        public int Made => Volatile.Read(ref _made);

        public int Disposed => Volatile.Read(ref _disposed);

        public void Make() => Interlocked.Increment(ref _made);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    private sealed class Nothing : IAuthorizer
    {
        public bool IsPermitted(ISession session, Permission permission, MessagePath path) => false;
    }
}
