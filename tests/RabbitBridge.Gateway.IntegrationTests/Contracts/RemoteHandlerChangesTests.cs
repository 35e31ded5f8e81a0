using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteHandlerChangesTests() : HandlerChangesContract(new RemoteWorld());
