using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteRequestsByPathTests() : RequestsByPathContract(new RemoteWorld());
