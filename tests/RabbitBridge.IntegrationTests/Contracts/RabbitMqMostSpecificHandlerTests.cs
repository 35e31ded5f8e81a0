using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqMostSpecificHandlerTests(BrokerFixture broker) : MostSpecificHandlerContract(new RabbitMqWorld(broker));
