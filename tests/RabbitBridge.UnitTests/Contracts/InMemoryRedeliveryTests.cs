using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryRedeliveryTests() : RedeliveryContract(new InMemoryWorld());
