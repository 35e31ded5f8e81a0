using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryHandlerChangesTests() : HandlerChangesContract(new InMemoryWorld());
