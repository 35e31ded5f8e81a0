using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqMostSpecificHandlerTests(BrokerFixture broker) : MostSpecificHandlerContract(new RabbitMqWorld(broker));
