using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(AloneGroup.Name)]
public sealed class RabbitMqTimeoutsTests(BrokerFixture broker) : TimeoutsContract(new RabbitMqWorld(broker));
