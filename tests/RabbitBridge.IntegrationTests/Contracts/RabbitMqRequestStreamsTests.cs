using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqRequestStreamsTests(BrokerFixture broker) : RequestStreamsContract(new RabbitMqWorld(broker));
