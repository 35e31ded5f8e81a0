using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqPathFormsTests(BrokerFixture broker) : PathFormsContract(new RabbitMqWorld(broker));
