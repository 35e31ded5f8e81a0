using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqUnreadableDataTests(BrokerFixture broker) : UnreadableDataContract(new RabbitMqWorld(broker));
