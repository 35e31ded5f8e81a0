using RabbitBridge.Testing;

namespace RabbitBridge.EndToEndTests;

/// <summary>One real broker for a group of tests; each test has gateways with a prefix of its own on it.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    // Of all groups: an external broker is the same one for each.
    private static int LastPrefix;

    public TestBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await TestBroker.StartAsync();

    public async Task DisposeAsync() => await Broker.DisposeAsync();

    internal Processes NewProcesses() => new(Broker.AmqpUri, $"e{Environment.ProcessId}-{Interlocked.Increment(ref LastPrefix)}");
}
