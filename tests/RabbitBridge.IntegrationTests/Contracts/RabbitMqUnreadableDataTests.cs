using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqUnreadableDataTests(BrokerFixture broker) : UnreadableDataContract(new RabbitMqWorld(broker));
