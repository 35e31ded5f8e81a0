using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteRequestStreamsTests() : RequestStreamsContract(new RemoteWorld());
