using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteHandlerTurnsTests() : HandlerTurnsContract(new RemoteWorld());
