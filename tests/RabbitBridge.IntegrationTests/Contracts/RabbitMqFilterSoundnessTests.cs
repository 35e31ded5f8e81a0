using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqFilterSoundnessTests(BrokerFixture broker) : FilterSoundnessContract(new RabbitMqWorld(broker));
