using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqRequestsByPathTests(BrokerFixture broker) : RequestsByPathContract(new RabbitMqWorld(broker));
