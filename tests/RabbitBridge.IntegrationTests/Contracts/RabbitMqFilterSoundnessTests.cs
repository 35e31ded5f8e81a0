using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(BrokerGroup.Name)]
public sealed class RabbitMqFilterSoundnessTests(BrokerFixture broker) : FilterSoundnessContract(new RabbitMqWorld(broker));
