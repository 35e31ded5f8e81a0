using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqHandlerChangesTests(BrokerFixture broker) : HandlerChangesContract(new RabbitMqWorld(broker));
