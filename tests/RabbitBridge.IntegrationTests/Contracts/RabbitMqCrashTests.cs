using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(AloneGroup.Name)]
public sealed class RabbitMqCrashTests(BrokerFixture broker) : CrashContract(new RabbitMqWorld(broker));
