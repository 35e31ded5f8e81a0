using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqCancellationTests(BrokerFixture broker) : CancellationContract(new RabbitMqWorld(broker));
