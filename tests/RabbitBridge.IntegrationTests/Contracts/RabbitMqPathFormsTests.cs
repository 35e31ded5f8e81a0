using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqPathFormsTests(BrokerFixture broker) : PathFormsContract(new RabbitMqWorld(broker));
