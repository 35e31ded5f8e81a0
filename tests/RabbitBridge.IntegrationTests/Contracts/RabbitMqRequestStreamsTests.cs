using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqRequestStreamsTests(BrokerFixture broker) : RequestStreamsContract(new RabbitMqWorld(broker));
