namespace RabbitBridge.IntegrationTests;

[CollectionDefinition(Name)]
public sealed class BrokerGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
