using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqHandlersTests(BrokerFixture broker) : HandlersContract(new RabbitMqWorld(broker));
