using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqProjectMessagesTests(BrokerFixture broker) : ProjectMessagesContract(new RabbitMqWorld(broker));
