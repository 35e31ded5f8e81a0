using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqHandlersTests(BrokerFixture broker) : HandlersContract(new RabbitMqWorld(broker));
