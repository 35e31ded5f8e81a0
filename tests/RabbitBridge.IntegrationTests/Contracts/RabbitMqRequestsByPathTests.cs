using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqRequestsByPathTests(BrokerFixture broker) : RequestsByPathContract(new RabbitMqWorld(broker));
