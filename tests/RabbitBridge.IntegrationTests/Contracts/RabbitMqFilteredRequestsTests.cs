using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(AloneGroup.Name)]
public sealed class RabbitMqFilteredRequestsTests(BrokerFixture broker) : FilteredRequestsContract(new RabbitMqWorld(broker));
