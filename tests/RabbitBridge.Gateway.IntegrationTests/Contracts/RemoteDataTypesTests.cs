using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteDataTypesTests() : DataTypesContract(new RemoteWorld());
