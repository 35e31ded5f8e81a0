using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemorySenderPropertiesTests() : SenderPropertiesContract(new InMemoryWorld());
