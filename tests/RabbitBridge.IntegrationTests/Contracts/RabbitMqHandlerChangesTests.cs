using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqHandlerChangesTests(BrokerFixture broker) : HandlerChangesContract(new RabbitMqWorld(broker));
