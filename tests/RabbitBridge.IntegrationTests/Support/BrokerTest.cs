using System.Text;
using RabbitBridge.ContractTests;
using RabbitBridge.RabbitMq.Topology;

namespace RabbitBridge.IntegrationTests;

/// <summary>The ground of the tests that look at gateways from the broker's side.</summary>
public abstract class BrokerTest : FabricContract
{
    private readonly List<IAsyncDisposable> _clients = [];

    protected BrokerTest(BrokerFixture broker, Action<RabbitMqOptions>? configure = null)
        : this(broker, new CapturingLogger(), broker.Options(configure))
    {
    }

    private BrokerTest(BrokerFixture broker, CapturingLogger log, RabbitMqOptions options)
        : base(new RabbitMqWorld(options, log))
    {
        (Broker, Log, Names) = (broker, log, new Names(options.Prefix));
    }

    private protected BrokerFixture Broker { get; }

    private protected CapturingLogger Log { get; }

    private protected Names Names { get; }

    private protected RabbitMqWorld Rabbit => (RabbitMqWorld)World;

    public override async Task DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>The broker user of the gateways.</summary>
    private protected string GatewayUser => Rabbit.Options.Uri.UserInfo.Split(':')[0];

    private protected async Task<PlainClient> ConnectAsync()
    {
        var client = await PlainClient.ConnectAsync(Rabbit.Options.Uri);
        Own(client);
        return client;
    }

    /// <summary>Disposes of something when the test is over.</summary>
    private protected void Own(IAsyncDisposable client) => _clients.Add(client);

    private protected async Task<BrokerView> LookAsync()
    {
        var view = await BrokerView.OpenAsync(Rabbit.Options.Uri);
        _clients.Add(view);
        return view;
    }

    private protected static string Inbox(IGateway gateway) => RabbitMqWorld.Fabric(gateway).CurrentEpoch!.Address;

    private protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
