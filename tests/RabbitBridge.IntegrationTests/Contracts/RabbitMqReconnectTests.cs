using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(AloneGroup.Name)]
public sealed class RabbitMqReconnectTests(BrokerFixture broker) : ReconnectContract(new RabbitMqWorld(broker));
