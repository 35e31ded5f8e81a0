using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqHandlerTurnsTests(BrokerFixture broker) : HandlerTurnsContract(new RabbitMqWorld(broker));
