using System.Globalization;
using RabbitBridge.Testing;

namespace RabbitBridge.IntegrationTests.Services;

/// <summary>A broker of its own with the management plugin.</summary>
public sealed class ManagedNode : IAsyncLifetime
{
    private int _prefixes;

    /// <summary>The management API.</summary>
    public Uri Management { get; private set; } = null!;

    internal TestBroker Broker { get; private set; } = null!;

    /// <summary>Options with a prefix that nobody else has.</summary>
    internal RabbitMqOptions Options() => new()
    {
        Uri = Broker.AmqpUri,
        Prefix = string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref _prefixes)}"),
        Management = Management,
    };

    public async Task InitializeAsync()
    {
        if (NodeFactAttribute.WhyNot is not null)
            return;
        var port = FreePorts.Take(1)[0];
        Management = new Uri($"http://127.0.0.1:{port}");
        Broker = await TestBroker.StartAsync(new TestBrokerOptions
        {
            Kind = TestBrokerKind.PrivateNode,
            NodePlugins = ["rabbitmq_management"],
            NodeConfiguration = ["management.tcp.ip = 127.0.0.1", $"management.tcp.port = {port}"],
        });
    }

    public async Task DisposeAsync()
    {
        if (Broker is not null)
            await Broker.DisposeAsync();
    }
}
