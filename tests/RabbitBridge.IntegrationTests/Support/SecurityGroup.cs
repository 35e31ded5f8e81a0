namespace RabbitBridge.IntegrationTests;

/// <summary>The tests with users of their own at a real broker. They run beside <see cref="BrokerGroup"/>, on a broker of their own.</summary>
[CollectionDefinition(Name)]
public sealed class SecurityGroup : ICollectionFixture<BrokerFixture>
{
    public const string Name = "security";
}
