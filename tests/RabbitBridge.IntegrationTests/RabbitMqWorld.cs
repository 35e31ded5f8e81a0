using RabbitBridge.Gateways;

namespace RabbitBridge.IntegrationTests;

internal static class RabbitMqWorld
{
    public static async Task CrashAsync(IGateway gateway) => await Fabric(gateway).DisposeAsync();

    public static async Task ReconnectAsync(IGateway gateway)
    {
        var before = Fabric(gateway).CurrentEpoch!;
        before.End("The test cuts the connection.");
        await Eventually.TrueAsync(() => Fabric(gateway).CurrentEpoch is { } now && now != before, "the next epoch");
    }

    public static RabbitMqFabric Fabric(IGateway gateway) => (RabbitMqFabric)((GatewayEngine)gateway).Fabric;
}
