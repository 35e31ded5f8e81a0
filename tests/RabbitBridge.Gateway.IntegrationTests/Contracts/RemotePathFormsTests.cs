using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemotePathFormsTests() : PathFormsContract(new RemoteWorld());
