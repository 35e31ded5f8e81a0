using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryCrashTests() : CrashContract(new InMemoryWorld());
