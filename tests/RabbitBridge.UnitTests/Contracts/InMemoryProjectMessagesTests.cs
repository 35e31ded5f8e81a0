using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryProjectMessagesTests() : ProjectMessagesContract(new InMemoryWorld());
