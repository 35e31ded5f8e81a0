using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryReconnectTests() : ReconnectContract(new InMemoryWorld());
