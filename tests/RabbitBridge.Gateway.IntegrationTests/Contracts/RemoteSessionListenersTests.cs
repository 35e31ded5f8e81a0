using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteSessionListenersTests() : SessionListenersContract(new RemoteWorld());
