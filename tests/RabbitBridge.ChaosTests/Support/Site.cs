using System.Globalization;
using RabbitBridge.Cli.Demo.Remote;
using RabbitBridge.Testing;

namespace RabbitBridge.ChaosTests.Support;

/// <summary>A broker, and two gateway programs, each with a way to the broker of its own.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static int Prefixes;
    private readonly List<IAsyncDisposable> _things = [];

    private Site(TestBroker broker) => Broker = broker;

    public TestBroker Broker { get; }

    public string Prefix { get; } = $"c{Environment.ProcessId}-{Interlocked.Increment(ref Prefixes)}";

    public BrokerProxy NorthToBroker { get; private set; } = null!;

    public GatewayServer North { get; private set; } = null!;

    public GatewayServer South { get; private set; } = null!;

    /// <summary>The number of the northern gateway's process.</summary>
    public int NorthProcess => int.Parse(
        File.ReadAllText($"/proc/{North.GuardId}/task/{North.GuardId}/children").Split(' ')[0], CultureInfo.InvariantCulture);

    public PauseWatch Pauses { get; } = new();

    public static async Task<Site> StartAsync(TestBroker broker)
    {
        var site = new Site(broker);
        site._things.Add(site.Pauses);
        try
        {
            site.NorthToBroker = site.Add(new BrokerProxy(broker.AmqpUri));
            site.North = site.Add(await GatewayServer.StartAsync("north", site.NorthToBroker.Uri, site.Prefix, origin: null, CancellationToken.None));
            site.South = site.Add(await GatewayServer.StartAsync("south", broker.AmqpUri, site.Prefix, origin: null, CancellationToken.None));
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the northern gateway again.</summary>
    public async Task RestartNorthAsync() =>
        North = Add(await GatewayServer.StartAsync("north", NorthToBroker.Uri, Prefix, origin: null, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
    }

    private T Add<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
