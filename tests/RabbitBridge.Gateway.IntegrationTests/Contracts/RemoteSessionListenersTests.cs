using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteSessionListenersTests() : SessionListenersContract(new RemoteWorld())
{
    // Clients are refused then, and try another gateway (F1).
    protected override ISession OpenWhileDown(IGateway gateway, string principal) =>
        ((RemoteGateway)gateway).Inner.OpenSession(new SessionOptions { Principal = principal });
}
