using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqRedeliveryTests(BrokerFixture broker) : RedeliveryContract(new RabbitMqWorld(broker));
