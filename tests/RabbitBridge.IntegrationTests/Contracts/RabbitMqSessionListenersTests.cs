using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqSessionListenersTests(BrokerFixture broker) : SessionListenersContract(new RabbitMqWorld(broker));
