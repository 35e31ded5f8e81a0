using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteFilterSoundnessTests() : FilterSoundnessContract(new RemoteWorld());
