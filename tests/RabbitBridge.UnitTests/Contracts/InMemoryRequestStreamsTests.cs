using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryRequestStreamsTests() : RequestStreamsContract(new InMemoryWorld());
