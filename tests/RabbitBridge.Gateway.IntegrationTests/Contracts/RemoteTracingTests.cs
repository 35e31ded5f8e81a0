using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteTracingTests() : TracingContract(new RemoteWorld())
{
    protected override int SpansOfASide => 2;

    protected override string System => "rabbitbridge";
}
