using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(AloneGroup.Name)]
public sealed class RabbitMqSessionListenersTests(BrokerFixture broker) : SessionListenersContract(new RabbitMqWorld(broker));
