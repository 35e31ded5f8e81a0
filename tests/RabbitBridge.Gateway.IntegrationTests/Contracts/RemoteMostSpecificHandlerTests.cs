using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteMostSpecificHandlerTests() : MostSpecificHandlerContract(new RemoteWorld());
