using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryCancellationTests() : CancellationContract(new InMemoryWorld());
