using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqTimeoutsTests(BrokerFixture broker) : TimeoutsContract(new RabbitMqWorld(broker));
