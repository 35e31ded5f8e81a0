using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Contracts;

public sealed class InMemoryFilteredRequestsTests() : FilteredRequestsContract(new InMemoryWorld());
