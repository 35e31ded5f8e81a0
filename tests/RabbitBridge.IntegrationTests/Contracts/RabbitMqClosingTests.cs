using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqClosingTests(BrokerFixture broker) : ClosingContract(new RabbitMqWorld(broker));
