namespace RabbitBridge.IntegrationTests;

/// <summary>The contracts on a real broker. They run beside <see cref="BrokerGroup"/>, on a broker of their own.</summary>
[CollectionDefinition(Name)]
public sealed class ContractsGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "contracts";
}
