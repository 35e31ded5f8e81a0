using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RabbitBridge.ContractTests;
using RabbitBridge.Gateways;

namespace RabbitBridge.IntegrationTests;

/// <summary>Gateways on a real broker, under a prefix of their own.</summary>
internal sealed class RabbitMqWorld(RabbitMqOptions options, ILogger? logger = null) : IFabricWorld
{
    /// <summary>Decides what sessions and AMQP users may do; <see langword="null"/> to permit everything.</summary>
    public IAuthorizer? Authorizer { get; set; }

    public RabbitMqWorld(BrokerFixture broker)
        : this(broker.Options())
    {
    }

    public int RandomCases => 80;

    public CapturingLogger Log { get; } = logger as CapturingLogger ?? new CapturingLogger();

    public RabbitMqOptions Options => options;

    public IGateway CreateGateway(GatewayOptions gateway) => RabbitMqGateway.Create(gateway, options, Authorizer, logger ?? Log);

    public async Task CrashAsync(IGateway gateway) => await Fabric(gateway).DisposeAsync();

    public async Task ReconnectAsync(IGateway gateway, Action? whileDown = null)
    {
        var fabric = Fabric(gateway);
        var before = fabric.CurrentEpoch!;
        before.End("The test cuts the connection.");
        if (whileDown is not null)
        {
            // Without a pause: the next epoch is soon there. Where this had no thread meanwhile, it is there already, and is cut in its turn.
            var clock = Stopwatch.StartNew();
            var cut = before;
            while (fabric.CurrentEpoch is { } present)
            {
                if (present != cut)
                    (cut = present).End("The test cuts the connection again.");
                Assert.True(clock.Elapsed < Eventually.Limit, "The connection is not lost.");
                await Task.Yield();
            }

            whileDown();
        }

        await Eventually.TrueAsync(() => fabric.CurrentEpoch is { } now && now != before, "the next epoch");
    }

    public static RabbitMqFabric Fabric(IGateway gateway) => (RabbitMqFabric)((GatewayEngine)gateway).Fabric;
}
