using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqFilteredRequestsTests(BrokerFixture broker) : FilteredRequestsContract(new RabbitMqWorld(broker));
