using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqRequestsByPathTests(BrokerFixture broker) : RequestsByPathContract
{
    private readonly RabbitMqOptions _options = broker.Options();

    protected override IGateway CreateGateway(GatewayOptions options) => RabbitMqGateway.Create(options, _options);

    protected override Task CrashAsync(IGateway gateway) => RabbitMqWorld.CrashAsync(gateway);

    protected override Task ReconnectAsync(IGateway gateway) => RabbitMqWorld.ReconnectAsync(gateway);
}
