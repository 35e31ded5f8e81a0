using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteProjectMessagesTests() : ProjectMessagesContract(new RemoteWorld());
