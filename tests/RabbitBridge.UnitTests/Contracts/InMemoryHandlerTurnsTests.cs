using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryHandlerTurnsTests() : HandlerTurnsContract(new InMemoryWorld());
