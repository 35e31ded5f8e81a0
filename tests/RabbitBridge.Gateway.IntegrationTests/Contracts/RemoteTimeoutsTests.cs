using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteTimeoutsTests() : TimeoutsContract(new RemoteWorld());
