using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqProjectMessagesTests(BrokerFixture broker) : ProjectMessagesContract(new RabbitMqWorld(broker));
