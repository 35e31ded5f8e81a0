using RabbitBridge.Fabric.InMemory;
using RabbitBridge.Gateways;

namespace RabbitBridge.UnitTests;

internal static class InMemoryWorld
{
    public static Task CrashAsync(IGateway gateway)
    {
        Fabric(gateway).Disconnect();
        return Task.CompletedTask;
    }

    public static Task ReconnectAsync(IGateway gateway)
    {
        Fabric(gateway).Disconnect();
        Fabric(gateway).Connect();
        return Task.CompletedTask;
    }

    private static InMemoryFabric Fabric(IGateway gateway) => (InMemoryFabric)((GatewayEngine)gateway).Fabric;
}
