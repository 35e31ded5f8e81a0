using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryRoutingPreferenceTests() : RoutingPreferenceContract(new InMemoryWorld());
