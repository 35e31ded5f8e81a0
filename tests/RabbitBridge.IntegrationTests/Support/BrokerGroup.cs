namespace RabbitBridge.IntegrationTests;

/// <summary>The tests on a real broker that are in no other group.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
