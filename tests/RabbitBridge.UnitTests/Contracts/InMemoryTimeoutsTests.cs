using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryTimeoutsTests() : TimeoutsContract(new InMemoryWorld());
