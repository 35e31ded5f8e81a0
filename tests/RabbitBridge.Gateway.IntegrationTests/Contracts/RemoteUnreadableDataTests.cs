using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteUnreadableDataTests() : UnreadableDataContract(new RemoteWorld());
