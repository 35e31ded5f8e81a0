using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RabbitBridge.UnitTests.Hosting;

public sealed class HostedProjectsTests
{
    [Fact]
    public async Task Handlers_of_all_kinds_answer_at_the_hosts_gateway()
    {
        var heard = new ConcurrentQueue<string>();
        await using var services = Host(builder => builder.AddProject("X", project => project
            .OnMessage("function", (message, _) => Task.FromResult<object?>(message.Payload.GetProperty("n").GetInt32() + 1))
            .OnMessage("action", message => heard.Enqueue(message.MessageHandler))
            .OnMessage("handler", new FunctionMessageHandler((message, _) => Task.FromResult<object?>(message.Project)))));
        var session = await StartAsync(services);

        Assert.Equal(3, await session.Projects.SendRequestAsync<int>("X", "function", new { n = 2 }));
        Assert.Equal(JsonValueKind.Null, (await session.Projects.SendRequestAsync<JsonElement>("X", "action")).ValueKind);
        Assert.Equal("X", await session.Projects.SendRequestAsync<string>("X", "handler"));
        Assert.Equal(["action"], heard);
        Assert.Equal(["X"], services.GetRequiredService<IGateway>().Projects.Names);
    }

    [Fact]
    public async Task Each_message_has_a_handler_of_its_own_scope_which_ends_with_it()
    {
        var log = new ConcurrentQueue<string>();
        await using var services = Host(builder => builder.AddProject("X", project => project.OnMessage<Scoped>("h")), log);
        var session = await StartAsync(services);

        var first = await session.Projects.SendRequestAsync<Guid>("X", "h");
        await Eventually.TrueAsync(() => log.Count == 1, "the first scope has ended");
        var second = await session.Projects.SendRequestAsync<Guid>("X", "h");
        await Eventually.TrueAsync(() => log.Count == 2, "the second scope has ended");

        Assert.NotEqual(first, second);
        Assert.Equal([$"{first}", $"{second}"], log);
    }

    [Fact]
    public async Task Options_hold()
    {
        await using var services = Host(builder => builder.AddProject("X", project => project.OnMessage<Scoped>("h", new MessageHandlerOptions { Roles = ["Administrator"] })));
        var session = await StartAsync(services);

        var receipts = await session.Projects.SendMessageAsync("X", "h", scope: "G");

        Assert.Equal(SendStatus.Denied, Assert.Single(receipts).Status);
    }

    [Fact]
    public void Two_handlers_of_one_name_are_refused_where_the_second_is_added()
    {
        var builder = new ServiceCollection().AddRabbitBridge().AddProject("X", project => project.OnMessage("h", _ => { }));

        builder.AddProject("Y", project => project.OnMessage("h", _ => { }));
        Assert.Throws<HandlerConflictException>(() => builder.AddProject("X", project => project.OnMessage<Scoped>("h")));
        Assert.Throws<InvalidMessageDataException>(() => builder.AddProject("", project => project.OnMessage<Scoped>("h")));
    }

    private static ServiceProvider Host(Action<RabbitBridgeBuilder> configure, ConcurrentQueue<string>? log = null)
    {
        var services = new ServiceCollection().AddSingleton(log ?? []);
        configure(services.AddRabbitBridge());
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task<ISession> StartAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        return services.GetRequiredService<IGateway>().OpenSession();
    }

    private sealed class Scoped(ConcurrentQueue<string> log) : IMessageHandler, IDisposable
    {
        private readonly Guid _id = Guid.NewGuid();

        public Task<object?> OnMessageAsync(ProjectMessage message, CancellationToken cancellationToken) => Task.FromResult<object?>(_id);

        public void Dispose() => log.Enqueue($"{_id}");
    }
}
