using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryAnswersTests() : AnswersContract(new InMemoryWorld());
