using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqDataTypesTests(BrokerFixture broker) : DataTypesContract(new RabbitMqWorld(broker));
