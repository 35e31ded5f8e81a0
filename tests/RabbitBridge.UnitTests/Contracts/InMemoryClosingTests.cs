using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryClosingTests() : ClosingContract(new InMemoryWorld());
