using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqSenderPropertiesTests(BrokerFixture broker) : SenderPropertiesContract(new RabbitMqWorld(broker));
