using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryDataTypesTests() : DataTypesContract(new InMemoryWorld());
