using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteRoutingPreferenceTests() : RoutingPreferenceContract(new RemoteWorld());
