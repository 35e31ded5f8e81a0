using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemorySessionChangesTests() : SessionChangesContract(new InMemoryWorld());
