using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqSenderPropertiesTests(BrokerFixture broker) : SenderPropertiesContract(new RabbitMqWorld(broker));
