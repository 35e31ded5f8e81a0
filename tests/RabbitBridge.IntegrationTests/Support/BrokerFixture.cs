using System.Collections.Concurrent;
using RabbitBridge.RabbitMq.Topology;
using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests;

/// <summary>One real broker for a group of integration tests; each test has a prefix of its own on it.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    // Of all groups: an external broker is the same one for each.
    private static int LastPrefix;
    private readonly ConcurrentQueue<string> _prefixes = new();

    public TestBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await TestBroker.StartAsync();

    public async Task DisposeAsync()
    {
        // A broker of our own goes with all that is on it; on somebody else's the durable exchanges would stay for ever.
        if (Broker.Kind == TestBrokerKind.External)
            await DeleteExchangesAsync();
        await Broker.DisposeAsync();
    }

    public RabbitMqOptions Options(Action<RabbitMqOptions>? configure = null)
    {
        var options = new RabbitMqOptions { Uri = Broker.AmqpUri, Prefix = $"t{Environment.ProcessId}-{Interlocked.Increment(ref LastPrefix)}" };
        _prefixes.Enqueue(options.Prefix);
        configure?.Invoke(options);
        return options;
    }

    private async Task DeleteExchangesAsync()
    {
        await using var client = await PlainClient.ConnectAsync(Broker.AmqpUri);
        foreach (var prefix in _prefixes)
            await client.Channel.QueueDeleteAsync(new Names(prefix).DeadLetter, ifUnused: false, ifEmpty: false);
        foreach (var exchange in _prefixes.SelectMany(prefix => new Names(prefix).Exchanges))
            await client.Channel.ExchangeDeleteAsync(exchange);
    }
}
