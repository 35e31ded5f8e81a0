using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryRequestsByPathTests() : RequestsByPathContract(new InMemoryWorld());
