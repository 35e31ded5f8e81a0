using RabbitBridge.ContractTests;
using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;

namespace RabbitBridge.Gateway.IntegrationTests;

/// <summary>Gateways whose sessions are all elsewhere: what a contract says of sessions must hold for those too.</summary>
internal sealed class RemoteWorld : IFabricWorld
{
    private readonly InMemoryBroker _broker = new();

    public CapturingLogger Log { get; } = new();

    public int RandomCases => 20;

    public int ManySessions => 1500;

    public IGateway CreateGateway(GatewayOptions options) => new RemoteGateway(options, _broker);

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

    private static InMemoryFabric Fabric(IGateway gateway) => (InMemoryFabric)((GatewayEngine)((RemoteGateway)gateway).Inner).Fabric;
}
