using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryHandlersTests() : HandlersContract(new InMemoryWorld());
