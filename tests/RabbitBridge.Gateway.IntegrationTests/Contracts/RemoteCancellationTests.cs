using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteCancellationTests() : CancellationContract(new RemoteWorld());
