using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteHandlersTests() : HandlersContract(new RemoteWorld());
