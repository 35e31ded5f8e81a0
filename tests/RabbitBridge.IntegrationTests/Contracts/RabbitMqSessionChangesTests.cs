using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqSessionChangesTests(BrokerFixture broker) : SessionChangesContract(new RabbitMqWorld(broker));
