using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemorySessionListenersTests() : SessionListenersContract(new InMemoryWorld());
