using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqAnswersTests(BrokerFixture broker) : AnswersContract(new RabbitMqWorld(broker));
