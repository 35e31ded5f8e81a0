using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryPathFormsTests() : PathFormsContract(new InMemoryWorld());
