using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqRoutingPreferenceTests(BrokerFixture broker) : RoutingPreferenceContract(new RabbitMqWorld(broker));
