using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqCancellationTests(BrokerFixture broker) : CancellationContract(new RabbitMqWorld(broker));
