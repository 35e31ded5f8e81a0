using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryUnreadableDataTests() : UnreadableDataContract(new InMemoryWorld());
