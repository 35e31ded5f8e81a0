using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryFilterSoundnessTests() : FilterSoundnessContract(new InMemoryWorld());
