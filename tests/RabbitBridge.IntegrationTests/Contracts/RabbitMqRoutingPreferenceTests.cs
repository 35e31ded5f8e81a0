using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqRoutingPreferenceTests(BrokerFixture broker) : RoutingPreferenceContract(new RabbitMqWorld(broker));
