using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryMostSpecificHandlerTests() : MostSpecificHandlerContract(new InMemoryWorld());
