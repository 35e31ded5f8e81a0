using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task A_gateway_starts_and_stops_with_its_host()
    {
        await using var services = new ServiceCollection().AddRabbitBridge(options => options.Name = "hosted").Services.BuildServiceProvider();
        var gateway = services.GetRequiredService<IGateway>();
        Assert.Throws<InvalidOperationException>(() => gateway.OpenSession());

        await StartAsync(services);
        Assert.Equal("hosted", gateway.Name);
        var session = gateway.OpenSession();
        await session.AnswerAsync("a", "answer");
        Assert.Equal("answer", await session.AskAsync("a"));

        await StopAsync(services);
        Assert.True(session.Closed.IsCancellationRequested);
        Assert.Throws<InvalidOperationException>(() => gateway.OpenSession());
    }

    [Fact]
    public async Task Hosts_of_one_process_meet_in_memory()
    {
        var broker = new InMemoryBroker();
        await using var one = new ServiceCollection().AddRabbitBridge(options => Describe(options, "one")).UseInMemory(broker).Services.BuildServiceProvider();
        await using var two = new ServiceCollection().AddRabbitBridge(options => Describe(options, "two")).UseInMemory(broker).Services.BuildServiceProvider();
        await StartAsync(one);
        await StartAsync(two);
        await one.GetRequiredService<IGateway>().OpenSession().AnswerAsync("a", "from one");

        Assert.Equal("from one", await two.GetRequiredService<IGateway>().OpenSession().AskAsync("a"));

        // A busy process must not take the silence of one of its own gateways for its death.
        static void Describe(GatewayOptions options, string name) => (options.Name, options.PresenceLimit) = (name, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_hosts_authoriser_decides()
    {
        await using var services = new ServiceCollection().AddSingleton<IAuthorizer, Nothing>().AddRabbitBridge().Services.BuildServiceProvider();
        await StartAsync(services);

        await Assert.ThrowsAsync<AccessDeniedException>(() => services.GetRequiredService<IGateway>().OpenSession().AskAsync("a"));
    }

    [Fact]
    public async Task Mistakes_in_either_options_are_found_when_the_host_starts()
    {
        await using var gateway = new ServiceCollection().AddRabbitBridge(options => options.Name = "not allowed").Services.BuildServiceProvider();
        await using var broker = new ServiceCollection().AddRabbitBridge().UseRabbitMq(options => options.Prefix = "not allowed").Services.BuildServiceProvider();

        foreach (var services in new[] { gateway, broker })
            Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
    }

    private static async Task StartAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
    }

    private static async Task StopAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
    }

    private sealed class Nothing : IAuthorizer
    {
        public bool IsPermitted(ISession session, Permission permission, MessagePath path) => false;
    }
}
