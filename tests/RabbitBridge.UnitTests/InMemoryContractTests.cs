using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests;

public sealed class InMemoryRequestsByPathTests : RequestsByPathContract
{
    private readonly InMemoryBroker _broker = new();

    protected override IGateway CreateGateway(GatewayOptions options) => InMemoryGateway.Create(options, _broker);

    protected override Task CrashAsync(IGateway gateway) => InMemoryWorld.CrashAsync(gateway);

    protected override Task ReconnectAsync(IGateway gateway) => InMemoryWorld.ReconnectAsync(gateway);
}
