using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests;

/// <summary>One real broker for all integration tests; each test has a prefix of its own on it.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private int _prefixes;

    public TestBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await TestBroker.StartAsync();

    public async Task DisposeAsync() => await Broker.DisposeAsync();

    public RabbitMqOptions Options(Action<RabbitMqOptions>? configure = null)
    {
        var options = new RabbitMqOptions { Uri = Broker.AmqpUri, Prefix = $"t{Environment.ProcessId}-{Interlocked.Increment(ref _prefixes)}" };
        configure?.Invoke(options);
        return options;
    }
}
