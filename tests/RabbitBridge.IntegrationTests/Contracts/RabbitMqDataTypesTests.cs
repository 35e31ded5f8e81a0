using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqDataTypesTests(BrokerFixture broker) : DataTypesContract(new RabbitMqWorld(broker));
