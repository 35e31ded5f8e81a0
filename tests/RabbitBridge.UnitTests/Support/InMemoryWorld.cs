using RabbitBridge.ContractTests;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests;

/// <summary>Gateways without a broker.</summary>
internal sealed class InMemoryWorld : IFabricWorld
{
    private readonly InMemoryBroker _broker = new();

    public CapturingLogger Log { get; } = new();

    public int RandomCases => 500;

    public IGateway CreateGateway(GatewayOptions options) => InMemoryGateway.Create(options, _broker, logger: Log);

    public Task CrashAsync(IGateway gateway)
    {
        Fabric(gateway).Disconnect();
        return Task.CompletedTask;
    }

    public Task ReconnectAsync(IGateway gateway, Action? whileDown = null)
    {
        Fabric(gateway).Disconnect();
        whileDown?.Invoke();
        Fabric(gateway).Connect();
        return Task.CompletedTask;
    }

    private static InMemoryFabric Fabric(IGateway gateway) => (InMemoryFabric)((GatewayEngine)gateway).Fabric;
}
