using RabbitBridge.ContractTests;

namespace RabbitBridge.Gateway.IntegrationTests.Contracts;

public sealed class RemoteFilteredRequestsTests() : FilteredRequestsContract(new RemoteWorld());
