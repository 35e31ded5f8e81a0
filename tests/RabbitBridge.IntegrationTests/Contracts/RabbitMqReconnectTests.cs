using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqReconnectTests(BrokerFixture broker) : ReconnectContract(new RabbitMqWorld(broker));
