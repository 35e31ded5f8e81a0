using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteAnswersTests() : AnswersContract(new RemoteWorld());
