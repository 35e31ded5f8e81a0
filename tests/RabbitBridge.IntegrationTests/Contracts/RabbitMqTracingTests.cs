using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqTracingTests(BrokerFixture broker) : TracingContract(new RabbitMqWorld(broker));
