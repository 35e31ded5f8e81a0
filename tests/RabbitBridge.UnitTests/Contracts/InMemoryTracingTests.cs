using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryTracingTests() : TracingContract(new InMemoryWorld())
{
    protected override string System => "rabbitbridge";
}
