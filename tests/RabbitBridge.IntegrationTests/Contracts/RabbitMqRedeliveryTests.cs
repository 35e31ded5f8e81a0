using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqRedeliveryTests(BrokerFixture broker) : RedeliveryContract(new RabbitMqWorld(broker));
