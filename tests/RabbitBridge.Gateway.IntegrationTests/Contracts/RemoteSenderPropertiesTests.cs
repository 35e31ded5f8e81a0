using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteSenderPropertiesTests() : SenderPropertiesContract(new RemoteWorld());
