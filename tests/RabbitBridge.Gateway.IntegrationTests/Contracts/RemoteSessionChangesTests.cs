using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteSessionChangesTests() : SessionChangesContract(new RemoteWorld());
