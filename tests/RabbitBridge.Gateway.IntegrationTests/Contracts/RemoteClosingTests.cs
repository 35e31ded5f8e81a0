using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteClosingTests() : ClosingContract(new RemoteWorld());
