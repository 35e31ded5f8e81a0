using RabbitBridge.ContractTests;

namespace RabbitBridge.IntegrationTests.Contracts;

[Collection(ContractsGroup.Name)]
public sealed class RabbitMqTracingTests(BrokerFixture broker) : TracingContract(new RabbitMqWorld(broker))
{
    protected override string System => "rabbitmq";
}
